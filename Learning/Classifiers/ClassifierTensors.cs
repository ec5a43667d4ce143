using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Classifiers;

/// <summary>A computed classifier's tensors, by the names that its head gives them.</summary>
public static class ClassifierTensors
{
    private const string Weight = "linear.weight";
    private const string Bias = "linear.bias";

    /// <summary>Of a method that changes a trained linear classifier.</summary>
    /// <param name="method">τ-normalisation or logit adjustment.</param>
    /// <param name="trained">Weights with a linear classifier.</param>
    /// <param name="counts">Training images of every class.</param>
    /// <exception cref="FaultException">MM5002: there is no linear classifier of so many classes. MM1007: no such method.</exception>
    public static IReadOnlyDictionary<string, float[]> Adjusted(
        ComputedClassifierSpecification method,
        InitialWeights trained,
        IReadOnlyList<int> counts
    )
    {
        if (
            trained.Find(Weight) is not { Type: TensorType.F32, Shape: [var classes, var features] } weight
            || classes != counts.Count
        )
            throw new FaultException(
                "MM5002",
                $"{method.Kind} changes a linear classifier of {counts.Count} classes, and the weights have {(trained.Find(Weight) is { } other ? $"{Weight} [{string.Join(", ", other.Shape)}]" : $"no {Weight}")}",
                "choose a run whose model.head is plain, or --method ncm, which needs no classifier"
            );
        return method.Kind switch
        {
            "tau-norm" => new Dictionary<string, float[]>
            {
                [Weight] = TauNormalisation.Of(weight.Values<float>(), (int)features, method.Tau ?? 1),
            },
            "logit-adjustment" => new Dictionary<string, float[]>
            {
                [Weight] = weight.Values<float>().ToArray(),
                [Bias] = AdjustedBias(trained, PriorAdjustment.Of(counts, method.Tau ?? 1)),
            },
            _ => throw FaultException.NoChoice(
                "classifier.kind",
                method.Kind,
                "tau-norm",
                "ncm",
                "logit-adjustment"
            ),
        };
    }

    /// <summary>Of nearest class means.</summary>
    public static IReadOnlyDictionary<string, float[]> Of(ClassMeans means) =>
        new Dictionary<string, float[]>
        {
            ["linear.means"] = [.. means.Means.SelectMany(mean => mean).Select(x => (float)x)],
            ["linear.centre"] = [.. means.Centre.Select(x => (float)x)],
        };

    private static float[] AdjustedBias(InitialWeights trained, double[] adjustment)
    {
        var bias = trained.Find(Bias) is { } own
            ? own.Values<float>().ToArray()
            : new float[adjustment.Length];
        return [.. bias.Select((b, c) => (float)(b + adjustment[c]))];
    }
}
