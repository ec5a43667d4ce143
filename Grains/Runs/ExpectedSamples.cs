using MMOrleans.Grains.DataShards;
using MMOrleans.Learning.Sampling;

namespace MMOrleans.Grains.Runs;

/// <summary>The sampler's own checksum of an epoch: what the contributions' sums must come to (invariant I3).</summary>
internal static class ExpectedSamples
{
    /// <summary>Wrapping sum over the draws of an epoch, counted from 0.</summary>
    public static ulong Of(ISampler sampler, TrainingData data, int epoch)
    {
        var sum = 0ul;
        var draws = sampler.Draw(epoch);
        for (var draw = 0; draw < draws.Length; draw++)
            sum = unchecked(sum + SampleSum.Hash(data.Subset[draws[draw]], draw));
        return sum;
    }
}
