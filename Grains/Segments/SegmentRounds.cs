using System.Buffers;
using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Segments;

/// <summary>One segment's rounds: stores tree nodes, each once, finishes the tree, keeps the last results for late comers.</summary>
/// <remarks>
/// Pure but for its buffers: no clock, no calls, one thread at a time. Results of rounds r and r − 1 are kept; two more arrays rotate
/// with them, because a result may still be on its way into a message when the next round completes.
/// </remarks>
internal sealed class SegmentRounds
{
    private const int ResultsKept = 2;
    private const int ResultBuffers = 4;

    private readonly SortedDictionary<long, OpenRound> _open = [];
    private readonly List<SegmentAnswer> _results = [];
    private readonly byte[]?[] _buffers = new byte[ResultBuffers][];
    private SegmentShape? _shape;
    private int _nextBuffer;
    private long _lastClosed = -1;

    /// <summary>Blocks that came twice and held the same bytes.</summary>
    public long DuplicateBlocks { get; private set; }

    /// <summary>Contributions refused for their phase.</summary>
    public long WrongPhases { get; private set; }

    /// <summary>Takes a contribution in.</summary>
    /// <returns>The answer when there is one now; null when the round is still open and the caller must wait.</returns>
    /// <exception cref="InvalidOperationException">A block does not fit the segment, or differs from one given before.</exception>
    public SegmentAnswer? Contribute(Contribution contribution)
    {
        _shape ??= contribution.Shape;
        if (_shape != contribution.Shape)
            throw new InvalidOperationException(
                $"{contribution.Trainer} gave segment {contribution.Shape} where {_shape} was opened: its run is another one."
            );
        if (Answer(contribution.Round) is { } known)
            return known;
        if (contribution.Deferred != contribution.Round >= DeferredFrom)
        {
            WrongPhases++;
            return new(
                SegmentOutcome.WrongPhase,
                contribution.Round,
                null,
                default,
                $"{contribution.Trainer} computed round {contribution.Round} in the {(contribution.Deferred ? "deferred" : "main")} phase; the switch is at round {DeferredFrom}."
            );
        }

        if (!_open.TryGetValue(contribution.Round, out var round))
            _open.Add(contribution.Round, round = new(contribution.Shape.Slots));

        round.States[contribution.Trainer] = contribution.StateHash;
        foreach (var block in contribution.Blocks)
            Store(round, block, contribution);
        if (round.States.Values.Distinct().Count() > 1)
            return new(
                SegmentOutcome.StatesDiffer,
                contribution.Round,
                null,
                default,
                string.Join(
                    ", ",
                    round
                        .States.OrderBy(s => s.Key, StringComparer.Ordinal)
                        .Select(s => $"{s.Key} {s.Value:x32}")
                )
            );
        return round.Root is { } root ? Close(contribution.Round, round, root) : null;
    }

    /// <summary>The answer to a round that is closed or gone; null while it is open or still to come.</summary>
    public SegmentAnswer? Answer(long round)
    {
        if (round > _lastClosed)
            return null;
        foreach (var result in _results)
            if (result.Round == round)
                return result;
        return new(SegmentOutcome.Behind, round, null, default, $"round {_lastClosed} is closed already");
    }

    /// <summary>Returns what is held.</summary>
    public void Clear()
    {
        foreach (var round in _open.Values)
            round.Release();
        _open.Clear();
        _results.Clear();
    }

    private long DeferredFrom => _shape!.Value.FirstDeferredRound;

    private void Store(OpenRound round, Block block, Contribution contribution)
    {
        var shape = _shape!.Value;
        if (
            !AveragingTree.IsNode(shape.Slots, block.Slots.Start, block.Slots.End)
            || block.Values.Length != shape.Elements * shape.ElementBytes
        )
            throw new InvalidOperationException(
                $"{contribution.Trainer} gave slots {block.Slots} with {block.Values.Length} bytes to segment {shape.Index}, which "
                    + $"gathers aligned blocks of {shape.Slots} slots with {shape.Elements * shape.ElementBytes} bytes."
            );
        if (round.Covered(block.Slots) is { } node)
        {
            // A slot computed twice is a free checksum, where the same node is still there to compare with.
            if (node.Slots == block.Slots && !node.Summed && !node.Bytes.SequenceEqual(block.Values.Bytes))
                throw new InvalidOperationException(
                    $"Slots {block.Slots} of round {contribution.Round} came twice with different bytes, now from {contribution.Trainer}."
                );
            DuplicateBlocks++;
            block.Values.Dispose();
            return;
        }

        round.Add(new Node(block.Slots, block.Values, block.Tally), shape);
    }

    private SegmentAnswer Close(long number, OpenRound round, Node root)
    {
        var shape = _shape!.Value;
        var bytes = shape.Elements * shape.ElementBytes;
        var buffer = _buffers[_nextBuffer] ??= new byte[bytes];
        _nextBuffer = (_nextBuffer + 1) % ResultBuffers;
        if (shape.ElementBytes == sizeof(float))
            Average.Divide(
                MemoryMarshal.Cast<byte, float>(root.Bytes),
                root.Tally,
                shape.ByDenominator,
                MemoryMarshal.Cast<byte, float>(buffer.AsSpan(0, bytes))
            );
        else
            root.Bytes.CopyTo(buffer);

        var answer = new SegmentAnswer(
            SegmentOutcome.Averaged,
            number,
            VectorChunk.Borrow(buffer, 0, bytes),
            root.Tally,
            ""
        );
        _results.Add(answer);
        if (_results.Count > ResultsKept)
            _results.RemoveAt(0);
        _lastClosed = number;
        round.Release();
        foreach (var stale in _open.Keys.Where(k => k <= number).ToList())
        {
            _open[stale].Release();
            _open.Remove(stale);
        }

        return answer;
    }

    /// <summary>A node of the tree: as it came, or summed from its children.</summary>
    private sealed class Node(
        SlotRange slots,
        VectorChunk? chunk,
        RoundTally tally,
        byte[]? sum = null,
        int length = 0
    )
    {
        public SlotRange Slots => slots;
        public RoundTally Tally => tally;
        public bool Summed => sum is not null;
        public ReadOnlySpan<byte> Bytes => sum is null ? chunk!.Bytes : sum.AsSpan(0, length);

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

    /// <summary>A round that waits for slots.</summary>
    private sealed class OpenRound(int slots)
    {
        private readonly Dictionary<SlotRange, Node> _nodes = [];

        public Dictionary<string, UInt128> States { get; } = [];

        public Node? Root => _nodes.GetValueOrDefault(new(0, slots));

        public Node? Covered(SlotRange range)
        {
            foreach (var node in _nodes.Values)
                if (node.Slots.Covers(range))
                    return node;
            return null;
        }

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
                var (left, right) =
                    node.Slots.Start < sibling.Slots.Start ? (node, sibling) : (sibling, node);
                node = Sum(new(parent.Start, parent.End), left, right, shape);
            }

            _nodes.Add(node.Slots, node);
        }

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
            return new(range, null, tally, sum, length);
        }
    }
}
