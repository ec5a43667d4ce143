using System.Numerics;
using System.Numerics.Tensors;

namespace MMOrleans.Learning.Parameters;

/// <summary>The fixed binary tree over slots 0 … V−1 along which contributions are summed.</summary>
/// <remarks>
/// A node over [a, b) splits at a plus the largest power of two below b − a. Floating-point addition is not associative, so this
/// order, and no other, is what makes a sum independent of who computed which part of it.
/// </remarks>
public static class AveragingTree
{
    /// <summary>Where the node [start, end) splits; it must hold two slots or more.</summary>
    public static int Split(int start, int end)
    {
        var length = end - start;
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return start + (1 << BitOperations.Log2((uint)(length - 1)));
    }

    /// <summary>Whether [start, end) is a node of the tree over [0, slots).</summary>
    public static bool IsNode(int slots, int start, int end)
    {
        if (start < 0 || end > slots || start >= end)
            return false;
        var (low, high) = (0, slots);
        while (low != start || high != end)
        {
            if (high - low < 2)
                return false;
            var middle = Split(low, high);
            if (end <= middle)
                high = middle;
            else if (start >= middle)
                low = middle;
            else
                return false;
        }

        return true;
    }

    /// <summary>The node's parent and its sibling; null for the root.</summary>
    public static (int Start, int End, int SiblingStart, int SiblingEnd)? Parent(
        int slots,
        int start,
        int end
    )
    {
        var (low, high) = (0, slots);
        if (start == low && end == high)
            return null;
        while (true)
        {
            var middle = Split(low, high);
            if (start == low && end == middle)
                return (low, high, middle, high);
            if (start == middle && end == high)
                return (low, high, low, middle);
            if (end <= middle)
                high = middle;
            else if (start >= middle)
                low = middle;
            else
                throw new ArgumentException(
                    $"[{start}, {end}) is not a node of the tree over {slots} slots."
                );
        }
    }

    /// <summary>The fewest nodes that hold exactly <paramref name="slotsHeld"/>, in ascending order.</summary>
    /// <param name="slots">V.</param>
    /// <param name="slotsHeld">Slots, each in [0, V); order and repetition do not matter.</param>
    public static IReadOnlyList<(int Start, int End)> Blocks(int slots, IEnumerable<int> slotsHeld)
    {
        var held = new bool[slots];
        foreach (var slot in slotsHeld)
            held[slot] = true;
        List<(int, int)> blocks = [];
        if (slots > 0)
            Collect(0, slots);
        return blocks;

        void Collect(int start, int end)
        {
            var count = held.AsSpan(start, end - start).Count(true);
            if (count == end - start)
                blocks.Add((start, end));
            else if (count > 0)
            {
                var middle = Split(start, end);
                Collect(start, middle);
                Collect(middle, end);
            }
        }
    }

    /// <summary>Adds the right child to the left, element by element: <paramref name="left"/> becomes their parent.</summary>
    public static void Add<T>(Span<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, INumberBase<T> => TensorPrimitives.Add(left, right, left);

    /// <summary>The parent of two children, which stay as they are; <paramref name="parent"/> may be one of them.</summary>
    public static void Add<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> parent)
        where T : unmanaged, INumberBase<T> => TensorPrimitives.Add(left, right, parent);

    /// <summary>Sums all slots along the tree; the vectors are used as scratch, the first becomes the sum.</summary>
    /// <param name="contributions">One vector a slot, equally long, 1 or more.</param>
    public static T[] Sum<T>(IReadOnlyList<T[]> contributions)
        where T : unmanaged, INumberBase<T>
    {
        return Node(0, contributions.Count);

        T[] Node(int start, int end)
        {
            if (end - start == 1)
                return contributions[start];
            var middle = Split(start, end);
            var left = Node(start, middle);
            Add<T>(left, Node(middle, end));
            return left;
        }
    }
}
