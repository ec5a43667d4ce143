using MMOrleans.Runs.Randomness;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Sampling;

/// <summary>Where the second batch of every step can come from, by name.</summary>
public static class CompanionSamplers
{
    /// <summary>The held-out images, round and round.</summary>
    public const string HeldOut = "held-out";

    /// <summary>The names: the held-out images, and the samplers that keep the length of an epoch, so that a step has as many rows of either.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [HeldOut, .. Samplers.All.Where(sampler => sampler.KeepsEpochs).Select(sampler => sampler.Name)];

    /// <summary>The sampler of a run's companion; null when its method names none.</summary>
    /// <remarks>With a seed of its own: what one batch draws must not follow from what the other does.</remarks>
    /// <param name="specification">The run.</param>
    /// <param name="trainingLabels">Class of every training position.</param>
    /// <param name="heldOut">Held-out positions, which follow the training positions.</param>
    /// <param name="drawsPerEpoch">Draws of the run's sampler in an epoch.</param>
    /// <exception cref="FaultException">MM1007: there is no companion of that name.</exception>
    public static ISampler? Create(
        RunSpecification specification,
        IReadOnlyList<int> trainingLabels,
        int heldOut,
        int drawsPerEpoch
    )
    {
        if (specification.Method.Companion is not { } name)
            return null;
        var seed = unchecked((long)new KeyedRandom(specification.Seed, RandomPurpose.Companion).NextUInt64());
        if (name == HeldOut)
        {
            return new HeldOutSampler(trainingLabels.Count, heldOut, drawsPerEpoch, seed);
        }

        var apart = specification with { Seed = seed };
        return
            Samplers.All.FirstOrDefault(sampler => sampler.KeepsEpochs && sampler.Name == name) is { } drawn
            ? drawn.Create(apart, trainingLabels)
            : throw FaultException.NoChoice("method.companion", name, [.. Names]);
    }
}
