using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What a batch's sum of weighted losses is divided by.</summary>
internal static class Reductions
{
    /// <summary>Whether it is the batch's rows (<c>mean</c>), and not their Σ w (<c>weighted-mean</c>).</summary>
    /// <exception cref="FaultException">MM1007: there is no reduction of that name.</exception>
    public static bool DividesByRows(MethodSpecification method) =>
        method.Reduction switch
        {
            "weighted-mean" => false,
            "mean" => true,
            var other => throw FaultException.NoChoice("method.reduction", other, "weighted-mean", "mean"),
        };
}
