using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Sampling;

/// <summary>The samplers by name: a new one is a file of its own and a line here.</summary>
public static class Samplers
{
    private const string Deferred = "deferred-";

    /// <summary>All of them; those that keep the length of an epoch exist with <c>deferred-</c> before the name, too.</summary>
    public static IReadOnlyList<SamplerDefinition> All { get; } =
    [
        UniformSampler.Definition,
        WeightedSampler.Balanced,
        WeightedSampler.Inverse,
        WeightedSampler.SquareRoot,
        WeightedSampler.Reversed,
        ProgressiveSampler.Definition,
        ClassAwareSampler.Definition,
        ResizedSampler.Over,
        ResizedSampler.Under,
    ];

    /// <summary>The names, those of deferred samplers after the others.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. All.Select(sampler => sampler.Name),
        .. All.Where(sampler => sampler.KeepsEpochs && sampler != UniformSampler.Definition)
            .Select(sampler => Deferred + sampler.Name),
    ];

    /// <summary>Whether a sampler begins at the switch.</summary>
    public static bool IsDeferred(string name) => name.StartsWith(Deferred, StringComparison.Ordinal);

    /// <summary>Whether an epoch of a sampler has as many draws as there are images.</summary>
    public static bool KeepsEpochs(string name) =>
        IsDeferred(name) || All.Any(sampler => sampler.Name == name && sampler.KeepsEpochs);

    /// <summary>A run's sampler.</summary>
    /// <param name="specification">The run.</param>
    /// <param name="trainingLabels">Class of every training position.</param>
    /// <exception cref="FaultException">MM1007: there is no sampler of that name. MM1005: it cannot follow a first stage.</exception>
    public static ISampler Create(RunSpecification specification, IReadOnlyList<int> trainingLabels)
    {
        var name = specification.Method.Sampler;
        if (!Names.Contains(name))
            throw FaultException.NoChoice("method.sampler", name, [.. Names]);
        var definition = All.First(sampler =>
            sampler.Name == (IsDeferred(name) ? name[Deferred.Length..] : name)
        );
        var uniform = UniformSampler.Definition.Create(specification, trainingLabels);
        var sampler = definition.Create(specification, trainingLabels);
        if (IsDeferred(name))
            sampler = new DeferredSampler(uniform, sampler, specification.Method.DeferEpoch);
        return specification.Pretraining is { } first
            ? new StagedSampler(uniform, sampler, first.Epochs)
            : sampler;
    }
}
