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

    /// <summary>The sum of all slots; null while some are missing.</summary>
    public Node? Root => _nodes.GetValueOrDefault(new(0, slots));

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
            && _nodes.Remove(new(parent.SiblingStart, parent.SiblingEnd), out var sibling)
        )
        {
            var (left, right) = node.Slots.Start < sibling.Slots.Start ? (node, sibling) : (sibling, node);
            node = Sum(new(parent.Start, parent.End), left, right, shape);
        }

        _nodes.Add(node.Slots, node);
    }

    /// <summary>Copies what contributors have lent.</summary>
    public void DetachBorrowed()
    {
        foreach (var node in _nodes.Values)
            node.DetachBorrowed();
    }

    /// <summary>Lets go of all blocks.</summary>
    public void Release()
    {
        foreach (var node in _nodes.Values)
            node.Release();
        _nodes.Clear();
    }

    private static Node Sum(SlotRange range, Node left, Node right, SegmentShape shape)
    {
        var length = shape.Elements * shape.ElementBytes;
        var sum = left.TakeSum();
        if (sum is null)
        {
            sum = ArrayPool<byte>.Shared.Rent(length);
            left.Bytes.CopyTo(sum);
            left.Release();
        }

        var target = sum.AsSpan(0, length);
        if (shape.ElementBytes == sizeof(float))
            AveragingTree.Add<float>(
                MemoryMarshal.Cast<byte, float>(target),
                MemoryMarshal.Cast<byte, float>(right.Bytes)
            );
        else
            AveragingTree.Add<double>(
                MemoryMarshal.Cast<byte, double>(target),
                MemoryMarshal.Cast<byte, double>(right.Bytes)
            );
        var tally = left.Tally + right.Tally;
        right.Release();
        return new(right.From, range, null, tally, sum, length);
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

        public void DetachBorrowed() => chunk = chunk?.Keep();

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
