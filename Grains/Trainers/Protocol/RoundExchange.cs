using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>A trainer's exchanges with the segments: the open one, and the last of each kind, which a segment made anew may ask for again.</summary>
/// <remarks>A part of <see cref="TrainerProtocol"/>: it keeps no orders, no position and no clock of its own.</remarks>
internal sealed class RoundExchange(string trainer, ExchangePlan plan, IVectorMemory memory)
{
    private readonly BufferPool _contributions = new(plan.VectorBytes(ExchangeKind.Round), memory);
    private readonly BufferPool _results = new(plan.VectorBytes(ExchangeKind.Round), ManagedMemory.Instance);
    private readonly BufferPool _counts = new(
        plan.VectorBytes(ExchangeKind.Evaluation),
        ManagedMemory.Instance
    );
    private readonly Dictionary<ExchangeKind, OpenExchange> _previous = [];
    private readonly Dictionary<int, (string Key, ulong Instance)> _instances = [];

    /// <summary>The exchange that waits for contributions or results; null between two.</summary>
    public OpenExchange? Open { get; private set; }

    /// <summary>What the open exchange waits for, for people; empty when nothing.</summary>
    public string WaitingFor =>
        Open is { IsComplete: false } open
            ? string.Join(", ", open.Pieces.Where(p => !p.Answered).Select(p => $"segment {p.Key}"))
            : "";

    /// <summary>Arrays in use by the open exchange and those before it, and arrays to be used again.</summary>
    public int Arrays =>
        (Open?.Arrays ?? 0)
        + _previous.Values.Sum(previous => previous.Arrays)
        + _contributions.Kept
        + _results.Kept
        + _counts.Kept;

    /// <summary>Arrays for the contributions of so many slots; <see cref="Add"/> takes them back.</summary>
    public ImmutableArray<LentArray> TakeArrays(Exchange exchange, int slots)
    {
        if (exchange.Kind == ExchangeKind.Evaluation)
            return [];
        var arrays = ImmutableArray.CreateBuilder<LentArray>(slots);
        while (arrays.Count < slots)
            arrays.Add(_contributions.Take());
        return arrays.MoveToImmutable();
    }

    /// <summary>Opens an exchange, unless it is open.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stateHash">Of the state that it starts from.</param>
    public OpenExchange Begin(Exchange id, UInt128 stateHash) =>
        Open?.Id == id
            ? Open
            : Open = new(id, plan, stateHash, (id.Kind == ExchangeKind.Round ? _results : _counts).Take());

    /// <summary>Adds blocks to the open exchange; those of another one are let go.</summary>
    public void Add(ComputeSlots computed, IEnumerable<OwnBlock> blocks)
    {
        if (Open?.Id != computed.Exchange)
        {
            _contributions.Return(computed.Arrays);
            return;
        }

        var sums = blocks.ToList();
        // What was added into another slot's array is read by nobody any more, and was lent to nobody.
        var kept = computed.Arrays.Where(array => sums.Any(block => block.Values == array)).ToList();
        Open.Add(computed.Slots, sums, kept);
        _contributions.Return(computed.Arrays.Except(kept));
    }

    /// <summary>The next call of an exchange that is over: a segment made anew wants its result.</summary>
    public AskSegment? NextOfPrevious(Lease lease, DateTimeOffset now)
    {
        foreach (var previous in _previous.Values)
            if (Next(previous, lease, [], isComputing: true, now) is { } settling)
                return settling;
        return null;
    }

    /// <summary>The next call of the open exchange: blocks not sent before, or the question for the answer.</summary>
    /// <param name="lease">Says where segments are.</param>
    /// <param name="slots">This trainer's: while one of them is to be computed, nothing is asked without blocks.</param>
    /// <param name="isComputing">Whether more blocks are on their way.</param>
    /// <param name="now">Time.</param>
    public AskSegment? NextOfOpen(
        Lease lease,
        ImmutableArray<SlotRange> slots,
        bool isComputing,
        DateTimeOffset now
    ) => Open is null ? null : Next(Open, lease, slots, isComputing, now);

    /// <summary>The open exchange is complete and its result is used: it is kept in place of the last of its kind.</summary>
    public void Finish()
    {
        if (Open is not { IsComplete: true } finished)
            return;
        if (_previous.Remove(finished.Id.Kind, out var before))
            before.Return(_contributions, finished.Id.Kind == ExchangeKind.Round ? _results : _counts);
        _previous[finished.Id.Kind] = finished;
        Open = null;
    }

    /// <summary>The open exchange is another state's.</summary>
    public void Abandon() => Open = null;

    /// <summary>Results of the exchanges before are of another state.</summary>
    public void ForgetPrevious() => _previous.Clear();

    /// <summary>Where a segment's result belongs; empty when it is not wanted.</summary>
    public Span<byte> Room(SegmentCall call)
    {
        if (
            Find(call.Exchange) is not { } exchange
            || exchange.Pieces[call.Segment - exchange.First].Answered
        )
            return [];
        var (shape, offset) = plan.Segment(call.Segment);
        return exchange.Result.Bytes.Slice(offset, shape.Elements * shape.ElementBytes);
    }

    /// <summary>A segment answered; its result is in its <see cref="Room"/>.</summary>
    /// <returns>
    /// <see cref="SegmentOutcome.Behind"/> or <see cref="SegmentOutcome.StatesDiffer"/> when that is so of the open exchange,
    /// <see cref="SegmentOutcome.BlocksDiffer"/> of any; null when nothing follows for the trainer.
    /// </returns>
    /// <param name="call">As asked.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="isLate">Whether the call had been given up: another one is under way, and only a result is news.</param>
    /// <param name="now">Time.</param>
    public SegmentOutcome? Answered(SegmentCall call, SegmentAnswer answer, bool isLate, DateTimeOffset now)
    {
        if (Find(call.Exchange) is not { } exchange)
            return null;
        var piece = exchange.Pieces[call.Segment - exchange.First];
        if (piece.Key == call.Key)
        {
            piece.Calls -= isLate ? 0 : 1;
            piece.SilentSince = null;
            if (call.Settles && answer.Outcome is SegmentOutcome.Averaged or SegmentOutcome.Behind)
                piece.ResultIsOwed = false; // it has it, or nobody needs it any more
            else if (call.Settles)
                piece.RetryAt = now + TrainerProtocol.Pause;
        }

        if (isLate && answer.Outcome != SegmentOutcome.Averaged)
            return null;
        switch (answer.Outcome)
        {
            case SegmentOutcome.Averaged when !piece.Answered:
                // Of whichever incarnation: a round has one result.
                (piece.Answered, exchange.Total) = (true, answer.Total);
                piece.ResultIsOwed = piece.Key != call.Key;
                exchange.WaitedSeconds = Math.Max(exchange.WaitedSeconds, answer.WaitedSeconds);
                return null;
            case SegmentOutcome.Moved:
                piece.RetryAt = now + TrainerProtocol.Pause; // the next lease says where
                return null;
            case SegmentOutcome.Behind when exchange == Open && !piece.Answered:
            case SegmentOutcome.StatesDiffer when exchange == Open && piece.Key == call.Key:
            case SegmentOutcome.BlocksDiffer when piece.Key == call.Key:
                return answer.Outcome;
            default:
                return null;
        }
    }

    /// <summary>A call failed: whether the segment took it in is unknown, so everything is said again.</summary>
    /// <param name="call">As asked.</param>
    /// <param name="since">Since when its segment has been silent.</param>
    /// <param name="now">Time.</param>
    public void Unanswered(SegmentCall call, DateTimeOffset since, DateTimeOffset now)
    {
        if (Find(call.Exchange) is not { } exchange)
            return;
        var piece = exchange.Pieces[call.Segment - exchange.First];
        if (piece.Key != call.Key)
            return;
        piece.Calls--;
        piece.RetryAt = now + TrainerProtocol.Pause;
        piece.SilentSince ??= since;
        piece.BlocksSent = 0;
    }

    /// <summary>A segment that has lost its memory under the same key is to be told everything again.</summary>
    public void NoteInstance(SegmentCall call, ulong instance, Lease? lease)
    {
        if (instance == 0)
            return;
        var known = _instances.GetValueOrDefault(call.Segment);
        if (known.Key == call.Key && known.Instance != instance)
            foreach (var exchange in _previous.Values.Append(Open).OfType<OpenExchange>())
                if (call.Segment - exchange.First is >= 0 and var i && i < exchange.Pieces.Count)
                    exchange.Pieces[i].TellAgain(call.Key);
        if (lease is not null && lease.Segments[call.Segment] == call.Key)
            _instances[call.Segment] = (call.Key, instance);
    }

    private OpenExchange? Find(Exchange id) =>
        Open?.Id == id ? Open
        : _previous.GetValueOrDefault(id.Kind) is { } previous && previous.Id == id ? previous
        : null;

    private AskSegment? Next(
        OpenExchange exchange,
        Lease lease,
        ImmutableArray<SlotRange> slots,
        bool isComputing,
        DateTimeOffset now
    )
    {
        for (var i = 0; i < exchange.Pieces.Count; i++)
        {
            var piece = exchange.Pieces[i];
            var index = exchange.First + i;
            if (piece.Key != lease.Segments[index])
                piece.Move(lease.Segments[index]);
            if (now < piece.RetryAt)
                continue;
            if (piece.Answered)
            {
                if (!piece.ResultIsOwed || piece.Calls > 0)
                    continue;
                return Ask(exchange, piece, index, lease, [], settles: true, now);
            }

            var unsent = exchange.Blocks[piece.BlocksSent..];
            if (unsent.Count == 0 && (piece.Calls > 0 || isComputing || !exchange.Missing(slots).IsEmpty))
                continue;
            piece.BlocksSent = exchange.Blocks.Count;
            return Ask(exchange, piece, index, lease, unsent, settles: false, now);
        }

        return null;
    }

    private AskSegment Ask(
        OpenExchange exchange,
        OpenExchange.Piece piece,
        int index,
        Lease lease,
        List<OwnBlock> blocks,
        bool settles,
        DateTimeOffset now
    )
    {
        var (shape, offset) = plan.Segment(index);
        var bytes = shape.Elements * shape.ElementBytes;
        piece.Calls++;
        ImmutableArray<LentArray> lent = settles ? [exchange.Result] : [.. blocks.Select(b => b.Values)];
        foreach (var array in lent)
            array.Lend();
        return new(
            new(piece.Key, index, exchange.Id, false, settles, lent, now),
            new()
            {
                Trainer = trainer,
                Round = exchange.Id.Number,
                Phase = plan.PhaseOf(exchange.Id),
                StateHash = exchange.StateHash,
                Shape = shape,
                Blocks =
                [
                    .. blocks.Select(b => new Block(
                        b.Slots,
                        VectorChunk.Borrow(b.Values.Memory.Slice(offset, bytes)),
                        b.Tally
                    )),
                ],
                Settled = settles
                    ? new(VectorChunk.Borrow(exchange.Result.Memory.Slice(offset, bytes)), exchange.Total)
                    : null,
            }
        );
    }
}
