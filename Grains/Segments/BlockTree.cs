using System.Buffers;
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
    private readonly Dictionary<SlotRange, Node> _nodes = [];

    /// <summary>Hash of the state that each contributor started from.</summary>
    public Dictionary<string, UInt128> States { get; } = [];

    /// <summary>What came twice with different bytes, and from whom; null while nothing did. The round cannot be completed any more.</summary>
    public string? Conflict { get; set; }

    /// <summary>Whether every slot is there, in one block or in the tree's two halves, which are summed when the round is averaged.</summary>
    public bool IsWhole =>
        _nodes.ContainsKey(new(0, slots))
        || (Half is var half && _nodes.ContainsKey(new(0, half)) && _nodes.ContainsKey(new(half, slots)));

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
            && (parent.Start, parent.End) != (0, slots) // its halves are summed where they are divided
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
        if (_nodes.TryGetValue(new(0, slots), out var root))
        {
            total = root.Tally;
            if (shape.ElementBytes == sizeof(float))
                Average.Divide(
                    MemoryMarshal.Cast<byte, float>(root.Bytes),
                    total,
                    shape.ByDenominator,
                    MemoryMarshal.Cast<byte, float>(average)
                );
            else
                root.Bytes.CopyTo(average);
            return AreIntact(root);
        }

        var (left, right) = (_nodes[new(0, Half)], _nodes[new(Half, slots)]);
        total = left.Tally + right.Tally;
        if (shape.ElementBytes == sizeof(float))
            Average.Divide(
                MemoryMarshal.Cast<byte, float>(left.Bytes),
                MemoryMarshal.Cast<byte, float>(right.Bytes),
                total,
                shape.ByDenominator,
                MemoryMarshal.Cast<byte, float>(average)
            );
        else
            AveragingTree.Add(
                MemoryMarshal.Cast<byte, double>(left.Bytes),
                MemoryMarshal.Cast<byte, double>(right.Bytes),
                MemoryMarshal.Cast<byte, double>(average)
            );
        return AreIntact(left, right);
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

    private bool AreIntact(params ReadOnlySpan<Node> nodes)
    {
        var areIntact = true;
        foreach (var node in nodes)
            if (!node.IsIntact)
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
