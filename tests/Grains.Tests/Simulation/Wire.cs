using System.Diagnostics.CodeAnalysis;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>What a message looks like once it was written and read: its own arrays, rented.</summary>
internal static class Wire
{
    /// <returns>Null where its vectors were written anew before it was written: it is not sent.</returns>
    public static Contribution? Copy(Contribution contribution)
    {
        var copy = contribution with
        {
            Blocks = [.. contribution.Blocks.Select(b => b with { Values = Copy(b.Values) })],
            Settled = contribution.Settled is { } settled
                ? settled with
                {
                    Averaged = Copy(settled.Averaged),
                }
                : null,
        };
        return
            contribution.Blocks.All(b => b.Values.IsIntact)
            && contribution.Settled is null or { Averaged.IsIntact: true }
            ? copy
            : null;
    }

    /// <param name="answer">As it was sent.</param>
    /// <param name="isDamaged">Whether one bit of it changes on the way.</param>
    /// <returns>Null where its vector was written anew before it was written: it is not sent.</returns>
    public static SegmentAnswer? Copy(SegmentAnswer answer, bool isDamaged = false)
    {
        var copy = answer.WithChecksum() with { Averaged = Copy(answer.Averaged, isDamaged) };
        return answer.Averaged is null or { IsIntact: true } ? copy : null;
    }

    [return: NotNullIfNotNull(nameof(chunk))]
    public static VectorChunk? Copy(VectorChunk? chunk, bool isDamaged = false)
    {
        if (chunk is null)
            return null;
        var copy = VectorChunk.Rent(chunk.Length, out var bytes);
        chunk.Bytes.CopyTo(bytes);
        if (isDamaged && chunk.Length > 0)
            bytes[chunk.Length / 2] ^= 1;
        return copy;
    }
}
