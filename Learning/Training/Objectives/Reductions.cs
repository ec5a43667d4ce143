using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What a batch's sum of weighted losses is divided by.</summary>
internal static class Reductions
{
    /// <summary>Whether it is the batch's rows (<c>mean</c>), and not their Σ w (<c>weighted-mean</c>).</summary>
    public static bool DividesByRows(MethodSpecification method) => method.Reduction == LossReduction.Mean;
}
