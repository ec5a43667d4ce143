using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>The checksum of invariant I3: each image contributes exactly as often as its sampler says.</summary>
public static class SampleSum
{
    /// <summary>A hash of one use of an image; sums of it wrap.</summary>
    /// <param name="sampleId">Index of the image in the data set's files.</param>
    /// <param name="draw">Draw of the epoch, from 0.</param>
    public static ulong Hash(long sampleId, long draw) =>
        KeyedRandom.Mix(
            unchecked(
                KeyedRandom.Mix((ulong)sampleId + 0x9E3779B97F4A7C15ul) ^ ((ulong)draw * 0xD1B54A32D192ED03ul)
            )
        );
}
