using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Sampling;

/// <summary>A sampler as users choose it.</summary>
/// <param name="Name">As in <c>method.sampler</c>.</param>
/// <param name="Words">What it does, in a few words.</param>
/// <param name="Create">The sampler of a run whose training positions have these classes.</param>
public sealed record SamplerDefinition(
    string Name,
    string Words,
    Func<RunSpecification, IReadOnlyList<int>, ISampler> Create
)
{
    /// <summary>Whether an epoch has as many draws as there are images, so that training may switch to it between two epochs.</summary>
    public bool KeepsEpochs { get; init; } = true;
}
