using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Segments;

/// <summary>One segment's rounds: stores tree nodes, each once, finishes the tree, keeps the last results for late comers.</summary>
/// <remarks>
/// Pure but for its buffers: no clock, no calls, one thread at a time. Two more arrays rotate with the results kept, because a result
/// may still be on its way into a message when later rounds complete. A trainer that has its answer may use its own arrays again.
/// </remarks>
internal sealed class SegmentRounds(IVectorMemory? memory = null)
{
    private const int ResultsNeeded = 2; // a trainer in round n has the result of n − 1
    private const int MostResults = 32;
    private const int ResultBytes = 4 << 20;
    private const int ResultBytesOfASmallNetwork = 16 << 20;
    private const int SegmentsOfASmallNetwork = 16;
    private const int SpareBuffers = 2;
    private const int MostSlots = 1 << 16;
    private const int LargestSegment = 1 << 30; // bytes

    private readonly SortedDictionary<long, BlockTree> _open = [];
    private readonly List<SegmentAnswer> _results = [];
    private readonly Dictionary<long, UInt128> _startedFrom = []; // of every result
    private readonly IVectorMemory _memory = memory ?? ManagedMemory.Instance;
    private Memory<byte>?[] _buffers = [];
    private SegmentShape? _shape;
    private int _nextBuffer;
    private long _lastClosed = -1;

    /// <summary>Blocks that came twice.</summary>
    public long DuplicateBlocks { get; private set; }

    /// <summary>Contributions refused for their phase.</summary>
    public long WrongPhases { get; private set; }

    /// <summary>The newest round with a result; −1 before the first.</summary>
    public long Newest { get; private set; } = -1;

    /// <summary>What it keeps.</summary>
    public SegmentMemory Memory
    {
        get
        {
            var (blocks, states) = (0, 0);
            foreach (var round in _open.Values)
                (blocks, states) = (blocks + round.Nodes, states + round.States.Count);
            return new(_open.Count, blocks, states, _results.Count, _startedFrom.Count);
        }
    }

    /// <summary>Takes a contribution in.</summary>
    /// <returns>The answer when there is one now; null when the round is still open and the caller must wait.</returns>
    /// <exception cref="InvalidOperationException">A block does not fit the segment.</exception>
    public SegmentAnswer? Contribute(Contribution contribution)
    {
        RequireSound(contribution);
        _shape ??= contribution.Shape;
        if (_shape != contribution.Shape)
            throw new InvalidOperationException(
                $"{contribution.Trainer} gave segment {contribution.Shape} where {_shape} was opened: its run is another one."
            );
        if (contribution.Reads)
            return Answer(contribution.Round);

        // A trainer in round n has the result of n − 1: it gives that to a segment made anew, and nobody else will ask for older ones.
        Abandon(contribution.Round - ResultsNeeded);
        if (Answer(contribution.Round) is { } known)
        {
            if (
                known.Outcome == SegmentOutcome.Averaged
                && _startedFrom[contribution.Round] is var state
                && state != contribution.StateHash
            )
            {
                // The slots were all there without this trainer's, and came from another state than it holds.
                contribution.Release();
                return Differ(
                    contribution.Round,
                    $"round {contribution.Round} was computed from {state:x32}, {contribution.Trainer} has {contribution.StateHash:x32}"
                );
            }

            var conflict = Compare(contribution, known);
            contribution.Release();
            return conflict ?? known;
        }

        var phase = _shape.Value.Phases.Of(contribution.Round);
        if (contribution.Phase != phase)
        {
            WrongPhases++;
            contribution.Release();
            return new(
                SegmentOutcome.WrongPhase,
                contribution.Round,
                null,
                default,
                $"{contribution.Trainer} computed round {contribution.Round} in the {PhaseName.Of(contribution.Phase)} phase; it is of the {PhaseName.Of(phase)} phase: the method begins at round {_shape.Value.FirstMainRound}, its deferred phase at {_shape.Value.FirstDeferredRound}."
            );
        }

        if (!_open.TryGetValue(contribution.Round, out var round))
            _open.Add(contribution.Round, round = new(contribution.Shape.Slots));

        round.States.Note(contribution.Trainer, contribution.StateHash);
        var isDisputed = round.States.Differ;
        foreach (var block in contribution.Blocks)
            Store(round, block, contribution, isDisputed);
        if (round.Conflict is { } twice)
        {
            contribution.Settled?.Averaged.Dispose();
            DetachBorrowed(contribution.Round);
            return Conflict(contribution.Round, twice);
        }

        if (isDisputed)
        {
            contribution.Settled?.Averaged.Dispose();
            DetachBorrowed(contribution.Round);
            return Differ(contribution.Round, round.States.ToString());
        }

        if (contribution.Settled is { } settled)
        {
            var answer = Settle(contribution, round, settled);
            settled.Averaged.Dispose();
            return answer;
        }

        return round.IsWhole ? Close(contribution, round) : null;
    }

    /// <summary>A segment believes what a contribution says about itself, once that is possible at all.</summary>
    private static void RequireSound(Contribution contribution)
    {
        var shape = contribution.Shape;
        if (
            contribution.Trainer is null
            || contribution.Round < 0
            || contribution.Blocks.IsDefault
            || contribution.Blocks.Any(block => block?.Values is null or { IsElsewhere: true })
            || contribution.Settled is { Averaged: null or { IsElsewhere: true } }
            || shape.Slots is < 1 or > MostSlots
            || shape.ElementBytes is not (sizeof(float) or sizeof(double))
            || shape.Elements is < 0 or > LargestSegment / sizeof(double)
            || shape.ByDenominator < 0
            || shape.ByDenominator > shape.Elements
        )
            throw new InvalidOperationException(
                $"A contribution to round {contribution.Round} of segment {shape} is none: it was forged or damaged."
            );
    }

    /// <summary>The answer to a round that is closed or gone; null while it is open or still to come.</summary>
    public SegmentAnswer? Answer(long round)
    {
        foreach (var result in _results)
            if (result.Round == round)
                return result;
        return round > _lastClosed
            ? null
            : new(SegmentOutcome.Behind, round, null, default, "", Newest: Newest);
    }

    /// <summary>A contributor is answered while its round stays open: what it lent is copied.</summary>
    public void DetachBorrowed(long round) => _open.GetValueOrDefault(round)?.DetachBorrowed();

    /// <summary>Returns what is held.</summary>
    public void Clear()
    {
        foreach (var round in _open.Values)
            round.Release();
        _open.Clear();
        _results.Clear();
        _startedFrom.Clear();
        _buffers = [];
    }

    /// <summary>
    /// Results kept for who is late. A spare that misses one has to copy the whole state anew, and short rounds are missed easily: small
    /// segments keep more, and so do the first sixteen, which are all segments of a small network.
    /// </summary>
    private int ResultsKept =>
        Math.Clamp(
            (_shape!.Value.Index < SegmentsOfASmallNetwork ? ResultBytesOfASmallNetwork : ResultBytes)
                / Math.Max(1, _shape.Value.Elements * _shape.Value.ElementBytes),
            ResultsNeeded,
            MostResults
        );

    /// <summary>Nobody will get a result of <paramref name="round"/> or an older one here any more.</summary>
    private void Abandon(long round)
    {
        if (round <= _lastClosed)
            return;
        _lastClosed = round;
        Release(round);
    }

    private void Release(long upTo)
    {
        foreach (var stale in _open.Keys.Where(k => k <= upTo).ToList())
        {
            _open[stale].Release();
            _open.Remove(stale);
        }
    }

    /// <summary>A result that a trainer has from this segment's life before; relaxed, the states tell apart who has which.</summary>
    private SegmentAnswer? Compare(Contribution contribution, SegmentAnswer known) =>
        _shape is { IsRelaxed: false }
        && contribution.Settled is { } settled
        && known.Averaged is { } averaged
        && !settled.Averaged.Bytes.SequenceEqual(averaged.Bytes)
        && settled.Averaged.IsIntact
            ? Conflict(
                contribution.Round,
                $"{contribution.Trainer} has another result of round {contribution.Round} than its slots add up to now"
            )
            : null;

    private void Store(BlockTree round, Block block, Contribution contribution, bool isDisputed)
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
            // A slot computed twice is a free checksum, where the same node is still there to compare with. From two states two sums come.
            if (
                !isDisputed
                && !shape.IsRelaxed
                && node.Slots == block.Slots
                && !node.Summed
                && !node.Bytes.SequenceEqual(block.Values.Bytes)
                && node.IsIntact
                && block.Values.IsIntact
            )
                round.Conflict ??=
                    $"slots {block.Slots} of round {contribution.Round} came with different bytes from {node.From} and from {contribution.Trainer}";
            if (node.IsIntact)
            {
                DuplicateBlocks++;
                block.Values.Dispose();
                return;
            }

            round.Drop(node);
        }

        round.Add(new(contribution.Trainer, block.Slots, block.Values, block.Tally), shape);
    }

    /// <returns>Null when a block was written anew while it was read.</returns>
    private SegmentAnswer? Close(Contribution last, BlockTree round)
    {
        var buffer = NextBuffer();
        return round.TryAverage(_shape!.Value, buffer.Span, out var total)
            ? Publish(last, round, buffer, total)
            : null;
    }

    /// <returns>Null when the result was written anew while it was read.</returns>
    private SegmentAnswer? Settle(Contribution last, BlockTree round, SettledRound settled)
    {
        var buffer = NextBuffer();
        if (settled.Averaged.Length != buffer.Length)
            throw new InvalidOperationException(
                $"A result of {settled.Averaged.Length} bytes was given to segment {_shape!.Value.Index} of {buffer.Length}."
            );
        settled.Averaged.Bytes.CopyTo(buffer.Span);
        return settled.Averaged.IsIntact ? Publish(last, round, buffer, settled.Total) : null;
    }

    /// <summary>Where the next result goes; it is taken once that is published.</summary>
    private Memory<byte> NextBuffer()
    {
        if (_buffers.Length == 0)
            _buffers = new Memory<byte>?[ResultsKept + SpareBuffers];
        var buffer = _buffers[_nextBuffer] ??= _memory.Take(
            _shape!.Value.Elements * _shape.Value.ElementBytes
        );
        if (MemoryMarshal.TryGetMemoryManager<byte, VersionedMemory>(buffer, out var versioned))
            versioned.Renew();
        return buffer;
    }

    private static SegmentAnswer Differ(long round, string detail) =>
        new(SegmentOutcome.StatesDiffer, round, null, default, detail);

    private static SegmentAnswer Conflict(long round, string detail) =>
        new(SegmentOutcome.BlocksDiffer, round, null, default, detail);

    private SegmentAnswer Publish(Contribution last, BlockTree round, Memory<byte> buffer, EpochSums total)
    {
        _nextBuffer = (_nextBuffer + 1) % _buffers.Length;
        var number = last.Round;
        var averaged = VectorChunk.Borrow(buffer);
        var answer = new SegmentAnswer(
            SegmentOutcome.Averaged,
            number,
            averaged,
            total,
            "",
            Newest: number,
            Checksum: averaged.IsVersioned ? 0 : averaged.Checksum()
        );
        _results.Add(answer);
        _startedFrom[number] = last.StateHash;
        if (_results.Count > ResultsKept)
        {
            _startedFrom.Remove(_results[0].Round);
            _results.RemoveAt(0);
        }

        (_lastClosed, Newest) = (number, number);
        round.Release();
        Release(number);
        return answer;
    }
}
