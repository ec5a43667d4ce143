using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Sampling;

/// <summary>The samplers by name: a new one is a file of its own and a line here.</summary>
public static class Samplers
{
    private static readonly Dictionary<string, Func<RunSpecification, IReadOnlyList<int>, ISampler>> ByName =
        new()
        {
            ["cb-rs"] = (specification, labels) => Weighted("effective-number", specification, labels),
            ["inverse"] = (specification, labels) => Weighted("inverse", specification, labels),
            ["reversed"] = (specification, labels) => Weighted("reversed", specification, labels),
            ["square-root"] = (specification, labels) => Weighted("square-root", specification, labels),
            ["uniform"] = (specification, labels) => new UniformSampler(labels.Count, specification.Seed),
        };

    /// <summary>Names, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A run's sampler.</summary>
    /// <param name="specification">The run.</param>
    /// <param name="trainingLabels">Class of every training position.</param>
    public static ISampler Create(RunSpecification specification, IReadOnlyList<int> trainingLabels) =>
        ByName[specification.Method.Sampler](specification, trainingLabels);

    private static WeightedSampler Weighted(
        string kind,
        RunSpecification specification,
        IReadOnlyList<int> labels
    ) => new(labels, kind, specification.Method.Beta, specification.Seed);
}
