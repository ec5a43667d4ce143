using System.Numerics;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Segments;

/// <summary>The sums next to the root of an averaging tree, (a + b) + (c + d), made a stretch at a time: memory is gone through once.</summary>
/// <param name="a">Numbers of the first part.</param>
/// <param name="b">Of the second; empty where the first is the left half.</param>
/// <param name="c">Of the third; empty where the left half is the root.</param>
/// <param name="d">Of the fourth; empty where the third is the right half.</param>
internal readonly ref struct LastSums<T>(
    ReadOnlySpan<T> a,
    ReadOnlySpan<T> b,
    ReadOnlySpan<T> c,
    ReadOnlySpan<T> d
)
    where T : unmanaged, INumberBase<T>
{
    private readonly ReadOnlySpan<T> _a = a;
    private readonly ReadOnlySpan<T> _b = b;
    private readonly ReadOnlySpan<T> _c = c;
    private readonly ReadOnlySpan<T> _d = d;

    /// <summary>The root's numbers from <paramref name="start"/> on.</summary>
    /// <param name="start">First number.</param>
    /// <param name="room">As many as are wanted; written where something has to be added.</param>
    /// <param name="spare">As long as <paramref name="room"/>.</param>
    /// <returns><paramref name="room"/>, or the numbers where they lie already.</returns>
    public ReadOnlySpan<T> Stretch(int start, Span<T> room, Span<T> spare)
    {
        var left = Half(_a, _b, start, room);
        if (_c.IsEmpty)
            return left;
        AveragingTree.Add(left, Half(_c, _d, start, spare), room);
        return room;
    }

    private static ReadOnlySpan<T> Half(ReadOnlySpan<T> one, ReadOnlySpan<T> other, int start, Span<T> room)
    {
        if (other.IsEmpty)
            return one.Slice(start, room.Length);
        AveragingTree.Add(one.Slice(start, room.Length), other.Slice(start, room.Length), room);
        return room;
    }
}
