using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Segments;

/// <summary>The averaging tree of a segment's round that waits for slots: the blocks that came, summed as far as both halves of a node are there.</summary>
/// <param name="slots">V.</param>
internal sealed class BlockTree(int slots)
{
    private const int DeferredLevels = 2; // the root and its halves
    private readonly Dictionary<SlotRange, Node> _nodes = [];

    /// <summary>The state that each contributor started from.</summary>
    public StateTally States { get; } = new();

    /// <summary>What came twice with different bytes, and from whom; null while nothing did. The round cannot be completed any more.</summary>
    public string? Conflict { get; set; }

    /// <summary>Whether every slot is there, in one block or in the parts of the tree that are summed when the round is averaged.</summary>
    public bool IsWhole => Holds(0, slots, DeferredLevels);

    /// <summary>Blocks and sums that are kept; each slot is in one of them at most.</summary>
    public int Nodes => _nodes.Count;

    /// <summary>The node that holds a range of slots already; null when there is none.</summary>
    public Node? Covered(SlotRange range)
    {
        foreach (var node in _nodes.Values)
            if (node.Slots.Covers(range))
                return node;
        return null;
    }

    /// <summary>Adds a block, and sums upwards.</summary>
    public void Add(Node node, SegmentShape shape)
    {
        // A larger block may arrive after parts of it: the parts say the same and are let go.
        foreach (var part in _nodes.Values.Where(n => node.Slots.Covers(n.Slots)).ToList())
        {
            _nodes.Remove(part.Slots);
            part.Release();
        }

        while (
            AveragingTree.Parent(slots, node.Slots.Start, node.Slots.End) is { } parent
            && !IsDeferred(parent.Start, parent.End)
            && _nodes.Remove(new(parent.SiblingStart, parent.SiblingEnd), out var sibling)
        )
        {
            var (left, right) = node.Slots.Start < sibling.Slots.Start ? (node, sibling) : (sibling, node);
            if (Sum(new(parent.Start, parent.End), left, right, shape) is not { } sum)
            {
                Keep(left);
                Keep(right);
                return;
            }

            node = sum;
        }

        _nodes.Add(node.Slots, node);
    }

    /// <summary>Averages a round that is whole.</summary>
    /// <param name="shape">Of the segment.</param>
    /// <param name="average">Where to.</param>
    /// <param name="total">Scalars of the whole round.</param>
    /// <returns>False when a block was written anew while it was read: it is as if it had never come.</returns>
    public bool TryAverage(SegmentShape shape, Span<byte> average, out EpochSums total)
    {
        var (a, b, c, d) = Parts();
        total = a.Tally;
        if (b is not null)
            total += b.Tally;
        if (c is not null)
            total += d is null ? c.Tally : c.Tally + d.Tally;
        if (shape.ElementBytes == sizeof(float))
            Average.Divide(
                Sums<float>(a, b, c, d),
                total,
                shape.ByDenominator,
                MemoryMarshal.Cast<byte, float>(average)
            );
        else
            Average.Sum(Sums<double>(a, b, c, d), MemoryMarshal.Cast<byte, double>(average));
        return AreIntact(a, b, c, d);
    }

    /// <summary>Removes a node whose lender has overwritten it, as if its block had never come.</summary>
    public void Drop(Node node)
    {
        _nodes.Remove(node.Slots);
        node.Release();
    }

    /// <summary>Copies what contributors have lent.</summary>
    public void DetachBorrowed()
    {
        foreach (var node in _nodes.Values.ToList())
            if (!node.DetachBorrowed())
                Drop(node);
    }

    /// <summary>Lets go of all blocks.</summary>
    public void Release()
    {
        foreach (var node in _nodes.Values)
            node.Release();
        _nodes.Clear();
    }

    private int Half => slots < 2 ? slots : AveragingTree.Split(0, slots);

    /// <summary>Whether a node is summed when the round is averaged: the root and its halves.</summary>
    private bool IsDeferred(int start, int end) =>
        (start, end) == (0, slots) || (start, end) == (0, Half) || (start, end) == (Half, slots);

    private bool Holds(int start, int end, int levels) =>
        _nodes.ContainsKey(new(start, end))
        || (
            levels > 0
            && end - start > 1
            && AveragingTree.Split(start, end) is var middle
            && Holds(start, middle, levels - 1)
            && Holds(middle, end, levels - 1)
        );

    /// <summary>The parts of a round that is whole: one or two of the left half, and of the right one.</summary>
    private (Node A, Node? B, Node? C, Node? D) Parts()
    {
        if (_nodes.TryGetValue(new(0, slots), out var root))
            return (root, null, null, null);
        var (a, b) = PartsOf(0, Half);
        var (c, d) = PartsOf(Half, slots);
        return (a, b, c, d);
    }

    private (Node First, Node? Second) PartsOf(int start, int end)
    {
        if (_nodes.TryGetValue(new(start, end), out var half))
            return (half, null);
        var middle = AveragingTree.Split(start, end);
        return (_nodes[new(start, middle)], _nodes[new(middle, end)]);
    }

    private static LastSums<T> Sums<T>(Node a, Node? b, Node? c, Node? d)
        where T : unmanaged, INumberBase<T> =>
        new(Numbers<T>(a), Numbers<T>(b), Numbers<T>(c), Numbers<T>(d));

    private static ReadOnlySpan<T> Numbers<T>(Node? node)
        where T : unmanaged => node is null ? [] : MemoryMarshal.Cast<byte, T>(node.Bytes);

    private bool AreIntact(params ReadOnlySpan<Node?> nodes)
    {
        var areIntact = true;
        foreach (var node in nodes)
            if (node is { IsIntact: false })
            {
                Drop(node);
                areIntact = false;
            }

        return areIntact;
    }

    private void Keep(Node node)
    {
        if (node.IsIntact)
            _nodes.Add(node.Slots, node);
        else
            node.Release();
    }

    /// <returns>Null when a half was written anew while it was read.</returns>
    private static Node? Sum(SlotRange range, Node left, Node right, SegmentShape shape)
    {
        var length = shape.Elements * shape.ElementBytes;
        // What may turn out to be written anew must not spoil a sum that is sound.
        var sum = right.IsVersioned ? null : left.TakeSum();
        var target = sum ?? ArrayPool<byte>.Shared.Rent(length);
        var one = sum is null ? left.Bytes : sum.AsSpan(0, length);
        var other = right.Bytes;
        var total = target.AsSpan(0, length);
        if (shape.ElementBytes == sizeof(float))
            AveragingTree.Add(
                MemoryMarshal.Cast<byte, float>(one),
                MemoryMarshal.Cast<byte, float>(other),
                MemoryMarshal.Cast<byte, float>(total)
            );
        else
            AveragingTree.Add(
                MemoryMarshal.Cast<byte, double>(one),
                MemoryMarshal.Cast<byte, double>(other),
                MemoryMarshal.Cast<byte, double>(total)
            );
        if (!left.IsIntact || !right.IsIntact)
        {
            ArrayPool<byte>.Shared.Return(target);
            return null;
        }

        var tally = left.Tally + right.Tally;
        left.Release();
        right.Release();
        return new(right.From, range, null, tally, target, length);
    }

    /// <summary>A node of the tree: as it came, or summed from its children.</summary>
    internal sealed class Node(
        string from,
        SlotRange slots,
        VectorChunk? chunk,
        EpochSums tally,
        byte[]? sum = null,
        int length = 0
    )
    {
        /// <summary>Whose block it is; of a sum, of its last part.</summary>
        public string From => from;

        public SlotRange Slots => slots;
        public EpochSums Tally => tally;
        public bool Summed => sum is not null;
        public ReadOnlySpan<byte> Bytes => sum is null ? chunk!.Bytes : sum.AsSpan(0, length);

        /// <summary>Whether its bytes lie where they may be written anew.</summary>
        public bool IsVersioned => sum is null && chunk is { IsVersioned: true };

        /// <summary>Whether all that was read of it until now was what it is of.</summary>
        public bool IsIntact => sum is not null || chunk is null or { IsIntact: true };

        /// <summary>Copies what was lent.</summary>
        /// <returns>False when it was written anew before.</returns>
        public bool DetachBorrowed()
        {
            if (chunk is null)
                return true;
            if (chunk.Keep() is not { } kept)
                return false;
            chunk = kept;
            return true;
        }

        public byte[]? TakeSum()
        {
            var taken = sum;
            sum = null;
            return taken;
        }

        public void Release()
        {
            chunk?.Dispose();
            if (TakeSum() is { } rented)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
