using System.IO.Hashing;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>One trainer's side of a run as a state machine: orders, answers and time in, actions out.</summary>
/// <remarks>
/// No clock, no calls, no tensors, one thread at a time: the session carries the actions out, and a test can do so in virtual time. It
/// decides nothing about membership: the lease says which slots are wanted. A slot computed for a lease that has moved on is not lost; it
/// is a block that somebody need not send.
/// </remarks>
internal sealed class TrainerProtocol(string trainer, ExchangePlan plan, LivenessOptions liveness)
{
    private const int StretchBytes = 1 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250); // after a call that failed

    private readonly BufferPool _contributions = new(plan.VectorBytes(ExchangeKind.Round));
    private readonly BufferPool _results = new(plan.VectorBytes(ExchangeKind.Round));
    private readonly BufferPool _counts = new(plan.VectorBytes(ExchangeKind.Evaluation));
    private readonly Dictionary<ExchangeKind, OpenExchange> _previous = [];
    private readonly Dictionary<int, (string Key, ulong Instance)> _instances = [];
    private BeatAnswer _orders = new(Directive.Train, null);
    private OpenExchange? _open;
    private ReadAhead? _reading;
    private StateDownload? _copy;
    private StatePosition _position;
    private UInt128 _stateHash;
    private bool _hasState;
    private bool _isCatchingUp;
    private bool _busy;
    private bool _disputed;
    private long _disputedTerm;
    private DateTimeOffset _heardAt;
    private DateTimeOffset _overtakenAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _copyAt;

    /// <summary>Completed rounds.</summary>
    public long Round => _position.Round;

    /// <summary>Where the state stands.</summary>
    public StatePosition Position => _position;

    /// <summary>128-bit hash of the state; 0 without one.</summary>
    public UInt128 StateHash => _hasState ? _stateHash : 0;

    /// <summary>The newest lease.</summary>
    public Lease? Lease => _orders.Lease;

    /// <summary>A segment said that contributors to the open round started it from different states.</summary>
    public bool IsDisputed => _disputed;

    /// <summary>The segments have no result for the open round any more.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>What the trainer is doing, apart from preparing and faults, which the session knows.</summary>
    public TrainerStage Stage =>
        _isCatchingUp ? TrainerStage.Joining
        : _orders.Directive == Directive.Pause && !_busy ? TrainerStage.Paused
        : plan.IsEnd(_position) && !_busy ? TrainerStage.Done
        : TrainerStage.Training;

    /// <summary>Term of the lease by which this trainer reports the epochs and writes the checkpoints now; null when another does.</summary>
    public long? WritingTerm =>
        _orders.Lease is { } lease && lease.At(_position.Round).Writes ? lease.Term : null;

    /// <summary>An array for a contribution; handed back with <see cref="Computed"/>.</summary>
    public LentArray TakeArray() => _contributions.Take();

    /// <summary>The trainer holds a state and may train from it.</summary>
    public void Begin(StatePosition position, UInt128 stateHash, DateTimeOffset now)
    {
        (_position, _stateHash, _hasState, _heardAt) = (position, stateHash, true, now);
    }

    /// <summary>The trainer holds no state: it is to copy one.</summary>
    public void Join(DateTimeOffset now)
    {
        _heardAt = now;
        CatchUp();
    }

    /// <summary>Takes the answer to a beat in; an older term than the one known is dropped.</summary>
    public void Take(BeatAnswer answer, DateTimeOffset now)
    {
        _heardAt = now;
        var (old, newer) = (_orders.Lease?.Term ?? 0, answer.Lease?.Term ?? 0);
        if (answer.Lease is not null && newer < old)
            return;
        // An answer without a lease leaves the one known in mind: its segments may still close the open round.
        _orders = answer.Lease is null ? answer with { Lease = _orders.Lease } : answer;
        if (newer > _disputedTerm)
            _disputed = false;
        if (newer > old)
            IsRefused = false;
        if (!IsOvertaken)
        {
            _overtakenAt = DateTimeOffset.MaxValue;
            if (_isCatchingUp && _hasState && !_busy)
                GoOn(); // whoever was ahead is gone, and this state is as good as any
        }
        else if (_overtakenAt == DateTimeOffset.MaxValue)
            _overtakenAt = now;
    }

    /// <summary>The next thing to do; null when there is nothing until something is told or time passes.</summary>
    public TrainerAction? Next(DateTimeOffset now)
    {
        if (_orders.Directive is Directive.Pause or Directive.Leave || _orders.Lease is not { } lease)
            return null;
        if (_orders.Directive == Directive.Copy && _hasState && !_busy)
        {
            (_hasState, _disputed) = (false, false); // it is wrong
            _previous.Clear();
            CatchUp();
        }

        if (NextCall(lease, now) is { } call)
            return call;
        if (_busy)
            return null;
        if (_isCatchingUp)
            return NextOfCopy(now);
        if (plan.IsEnd(_position))
            return null;
        return NextOfTraining(now);
    }

    /// <summary>Slots were computed.</summary>
    /// <param name="exchange">As asked.</param>
    /// <param name="slots">As asked.</param>
    /// <param name="blocks">Their sums along the tree, as few as can be.</param>
    /// <param name="arrays">Every array that was taken for them.</param>
    public void Computed(
        Exchange exchange,
        ImmutableArray<int> slots,
        IEnumerable<OwnBlock> blocks,
        IEnumerable<LentArray> arrays
    )
    {
        _busy = false;
        if (_open?.Id == exchange)
            _open.Add(slots, blocks, arrays);
        else
            _contributions.Return(arrays);
    }

    /// <summary>A round's average was applied.</summary>
    public void Applied(UInt128 stateHash)
    {
        _stateHash = stateHash;
        Finish(plan.AfterRound(_position.Round));
    }

    /// <summary>The epoch was closed.</summary>
    public void EpochClosed() => Finish(_position with { Closing = false });

    /// <summary>A segment answered.</summary>
    /// <returns>A sentence when the answer was a fault of the program; null when all is well.</returns>
    public string? Answered(SegmentCall call, SegmentAnswer answer, DateTimeOffset now)
    {
        if (!Arrives(call, answer))
        {
            answer.Averaged?.Dispose();
            Unanswered(call, now); // ask once more
            return null;
        }

        _heardAt = now;
        GiveBack(call, answered: true);
        NoteInstance(call, answer.Instance);
        if (call.Reads)
            Read(call, answer, now);
        else if (Find(call.Exchange) is { } exchange)
            Note(exchange, call, answer, now);
        answer.Averaged?.Dispose();
        return answer.Outcome == SegmentOutcome.WrongPhase ? answer.Detail : null;
    }

    /// <summary>A call failed: whether the segment took it in is unknown, so everything is said again.</summary>
    public void Unanswered(SegmentCall call, DateTimeOffset now)
    {
        GiveBack(call, answered: false);
        if (call.Reads)
        {
            if (_reading?.Segments[call.Segment] is { } reading && reading.Key == call.Key)
            {
                (reading.Asked, reading.RetryAt) = (false, now + Pause);
                reading.SilentSince ??= call.SentAt;
            }
        }
        else if (Find(call.Exchange) is { } exchange)
        {
            var piece = exchange.Pieces[call.Segment - exchange.First];
            if (piece.Key != call.Key)
                return;
            piece.Calls--;
            piece.RetryAt = now + Pause;
            piece.SilentSince ??= call.SentAt;
            piece.BlocksSent = 0;
        }
    }

    /// <summary>A stretch of another trainer's state came.</summary>
    public void Copied(CopyState asked, StateAnswer answer, DateTimeOffset now)
    {
        if (_copy is not { } copy || !ReferenceEquals(copy.Asked, asked))
        {
            answer.Bytes?.Dispose(); // of a copy that was given up
            return;
        }

        copy.Asked = null;
        _heardAt = now;
        if (answer.Bytes is not { } bytes || answer.Round < _reading!.From || !copy.Take(answer))
        {
            // It has none, or an older one than the results that can be read, or has another one by now: from the start.
            answer.Bytes?.Dispose();
            (_copy, _copyAt) = (null, now + Pause);
            return;
        }

        bytes.Dispose();
    }

    /// <summary>The other trainer did not answer.</summary>
    public void NotCopied(CopyState asked, DateTimeOffset now)
    {
        if (ReferenceEquals(_copy?.Asked, asked))
            (_copy, _copyAt) = (null, now + Pause);
    }

    /// <summary>A copied state was loaded.</summary>
    public void Loaded(UInt128 stateHash, DateTimeOffset now)
    {
        _busy = false;
        var copy = _copy!;
        _copy = null;
        _hasState = stateHash == copy.StateHash;
        if (!_hasState)
        {
            _copyAt = now + Pause; // damaged on the way
            return;
        }

        (_isCatchingUp, _stateHash, _position) = (false, stateHash, copy.Position);
        _previous.Clear();
        IsRefused = false;
        _overtakenAt = DateTimeOffset.MaxValue;
    }

    /// <summary>Segments that owe an answer for longer than a poll lasts.</summary>
    public ImmutableArray<SilentGrain> Silent(DateTimeOffset now)
    {
        var silent = ImmutableArray.CreateBuilder<SilentGrain>();
        foreach (var piece in _open?.Pieces ?? [])
            Add(piece.Key, piece.SilentSince);
        foreach (var reading in _reading?.Segments ?? [])
            Add(reading.Key, reading.SilentSince);
        return silent.ToImmutable();

        void Add(string key, DateTimeOffset? since)
        {
            if (since is { } from && now - from > liveness.Poll)
                silent.Add(new(key, (now - from).TotalSeconds));
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Stage} at {_position.Round}{(_position.Closing ? " closing" : "")}, term {_orders.Lease?.Term}, told {_orders.Directive} "
        + $"{_orders.Round}{(_orders.Closing ? " closing" : "")} from {_orders.StateFrom}"
        + (_busy ? ", busy" : "")
        + (_disputed ? ", disputed" : "")
        + $", slots {string.Join(',', SlotsAt(_position.Round))}, computed {(_open is null ? "none" : string.Join(',', _open.Computed))}, lease from {_orders.Lease?.FromRound}"
        + $", waits for {WaitingFor}, reads from {_reading?.From}";

    /// <summary>What the open exchange waits for, for people; empty when nothing.</summary>
    public string WaitingFor =>
        _open is { IsComplete: false } open && !_busy
            ? string.Join(", ", open.Pieces.Where(p => !p.Answered).Select(p => $"segment {p.Key}"))
            : "";

    private TrainerAction? NextOfTraining(DateTimeOffset now)
    {
        if (NextOfReplay() is { } replayed)
            return replayed;
        if (plan.At(_position) is not { } exchange)
        {
            _busy = true;
            return new CloseEpoch(null, Missed: false);
        }

        if (_open?.Id != exchange)
            _open = new(
                exchange,
                plan,
                _stateHash,
                (exchange.Kind == ExchangeKind.Round ? _results : _counts).Take()
            );
        if (_open.IsComplete)
        {
            _busy = true;
            return exchange.Kind == ExchangeKind.Round
                ? new ApplyRound(exchange.Number, _open.Result.Bytes, _open.Total, _open.WaitedSeconds)
                : new CloseEpoch(_open.Result.Bytes, Missed: false);
        }

        if (_disputed || now - _heardAt > liveness.Idle)
            return null;
        if (now >= _overtakenAt && now - _overtakenAt > liveness.Stuck)
        {
            // Others have this round's result and its segments no longer do.
            CatchUp();
            return NextCall(_orders.Lease!, now);
        }

        var missing = _open.Missing(SlotsAt(_position.Round));
        if (missing.IsEmpty)
            return null;
        _busy = true;
        return new ComputeSlots(exchange, missing);
    }

    /// <summary>After a copy: what was read along is applied without an exchange.</summary>
    private TrainerAction? NextOfReplay()
    {
        if (_reading is null)
            return null;
        if (_reading.Find(_position.Round) is { } read)
        {
            _busy = true;
            return _position.Closing
                ? new CloseEpoch(null, Missed: true)
                : new ApplyRound(_position.Round, read.Averaged, read.Total, 0);
        }

        _reading = null;
        return null;
    }

    private TrainerAction? NextOfCopy(DateTimeOffset now)
    {
        if (_copy is { IsWhole: true } whole)
        {
            _busy = true;
            return new LoadState(whole.Position, whole.Sums, whole.GradientNorm, whole.Bytes);
        }

        if (_copy is { Asked: not null } || now < _copyAt || _reading is not { IsRegistered: true })
            return null;
        if (_copy is null && _orders.StateFrom is { } source)
            _copy = new(source);
        if (_copy is null)
            return null;
        var ask = new CopyState(_copy.From, _copy.Round, _copy.Received, StretchBytes);
        _copy.Asked = ask;
        return ask;
    }

    private AskSegment? NextCall(Lease lease, DateTimeOffset now)
    {
        foreach (var previous in _previous.Values)
            if (NextCall(previous, lease, now) is { } settling)
                return settling;
        if (_isCatchingUp)
            return NextRead(lease, now);
        return _open is null || _disputed ? null : NextCall(_open, lease, now);
    }

    private AskSegment? NextCall(OpenExchange exchange, Lease lease, DateTimeOffset now)
    {
        for (var i = 0; i < exchange.Pieces.Count; i++)
        {
            var piece = exchange.Pieces[i];
            var index = exchange.First + i;
            if (piece.Key != lease.Segments[index])
            {
                piece.Move(lease.Segments[index]);
            }

            if (now < piece.RetryAt)
                continue;
            if (piece.Answered)
            {
                if (!piece.ResultIsOwed || piece.Calls > 0)
                    continue;
                return Ask(exchange, piece, index, lease, [], settles: true, now);
            }

            var unsent = exchange.Blocks[piece.BlocksSent..];
            if (
                unsent.Count == 0
                && (piece.Calls > 0 || _busy || !exchange.Missing(SlotsAt(_position.Round)).IsEmpty)
            )
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
                Term = lease.Term,
                Deferred =
                    exchange.Id.Kind == ExchangeKind.Round && exchange.Id.Number >= plan.FirstDeferredRound,
                Pretraining =
                    exchange.Id.Kind == ExchangeKind.Round && exchange.Id.Number < plan.FirstMainRound,
                StateHash = exchange.StateHash,
                Shape = shape,
                Blocks =
                [
                    .. blocks.Select(b => new Block(
                        b.Slots,
                        VectorChunk.Borrow(b.Values.Bytes, offset, bytes),
                        b.Tally
                    )),
                ],
                Settled = settles
                    ? new(VectorChunk.Borrow(exchange.Result.Bytes, offset, bytes), exchange.Total)
                    : null,
            }
        );
    }

    private AskSegment? NextRead(Lease lease, DateTimeOffset now)
    {
        var reading = _reading!;
        if (reading.From < 0)
            reading.Begin(_orders.Round);
        for (var i = 0; i < reading.Segments.Length; i++)
        {
            var segment = reading.Segments[i];
            if (segment.Key != lease.Segments[i])
                (segment.Key, segment.Asked, segment.RetryAt, segment.SilentSince) = (
                    lease.Segments[i],
                    false,
                    default,
                    null
                );
            if (segment.Next >= plan.End)
                reading.Register(i); // no more results to come
            if (segment.Asked || now < segment.RetryAt || segment.Next >= plan.End)
                continue;
            segment.Asked = true;
            return new(
                new(segment.Key, i, new(ExchangeKind.Round, segment.Next), true, false, [], now),
                new()
                {
                    Trainer = trainer,
                    Round = segment.Next,
                    Term = lease.Term,
                    Deferred = false,
                    StateHash = 0,
                    Shape = plan.Segments[i].Shape,
                    Blocks = [],
                    Reads = true,
                }
            );
        }

        return null;
    }

    /// <summary>A segment that has lost its memory under the same key is to be told everything again.</summary>
    private void NoteInstance(SegmentCall call, ulong instance)
    {
        if (instance == 0)
            return;
        var known = _instances.GetValueOrDefault(call.Segment);
        if (known.Key == call.Key && known.Instance != instance)
            foreach (var exchange in _previous.Values.Append(_open).OfType<OpenExchange>())
                if (call.Segment - exchange.First is >= 0 and var i && i < exchange.Pieces.Count)
                    exchange.Pieces[i].TellAgain(call.Key);
        if (_orders.Lease is { } lease && lease.Segments[call.Segment] == call.Key)
            _instances[call.Segment] = (call.Key, instance);
    }

    /// <summary>Copies a result to where it is wanted, and looks only then whether it is what the segment averaged.</summary>
    /// <remarks>The segment's array may be used again while the answer waits to be sent, and inside a silo at any moment.</remarks>
    private bool Arrives(SegmentCall call, SegmentAnswer answer)
    {
        if (answer.Averaged is not { } averaged)
            return true;
        var room = Room(call, answer.Round);
        if (room.IsEmpty)
            return true;
        averaged.Bytes.CopyTo(room);
        return XxHash3.HashToUInt64(room) == answer.Checksum;
    }

    private Span<byte> Room(SegmentCall call, long round)
    {
        if (call.Reads)
            return _reading is { } reading ? reading.Room(call.Segment, round) : [];
        if (
            Find(call.Exchange) is not { } exchange
            || exchange.Pieces[call.Segment - exchange.First].Answered
        )
            return [];
        var (shape, offset) = plan.Segment(call.Segment);
        return exchange.Result.Bytes.AsSpan(offset, shape.Elements * shape.ElementBytes);
    }

    private void Note(OpenExchange exchange, SegmentCall call, SegmentAnswer answer, DateTimeOffset now)
    {
        var piece = exchange.Pieces[call.Segment - exchange.First];
        if (piece.Key == call.Key)
        {
            piece.Calls--;
            piece.SilentSince = null;
            if (call.Settles && answer.Outcome is SegmentOutcome.Averaged or SegmentOutcome.Behind)
                piece.ResultIsOwed = false; // it has it, or nobody needs it any more
            else if (call.Settles)
                piece.RetryAt = now + Pause;
        }

        switch (answer.Outcome)
        {
            case SegmentOutcome.Averaged when !piece.Answered:
                // Of whichever incarnation: a round has one result.
                (piece.Answered, exchange.Total) = (true, answer.Total);
                piece.ResultIsOwed = piece.Key != call.Key;
                exchange.WaitedSeconds = Math.Max(exchange.WaitedSeconds, answer.WaitedSeconds);
                break;
            case SegmentOutcome.Moved:
                piece.RetryAt = now + Pause; // the next lease says where
                break;
            case SegmentOutcome.Behind when exchange == _open && !piece.Answered && !_busy:
                IsRefused = true;
                CatchUp();
                break;
            case SegmentOutcome.StatesDiffer when exchange == _open && piece.Key == call.Key:
                (_disputed, _disputedTerm) = (true, _orders.Lease!.Term);
                break;
        }
    }

    private void Read(SegmentCall call, SegmentAnswer answer, DateTimeOffset now)
    {
        if (_reading is not { } reading)
            return;
        var segment = reading.Segments[call.Segment];
        if (segment.Key == call.Key)
            (segment.Asked, segment.SilentSince) = (false, null);
        switch (answer.Outcome)
        {
            case SegmentOutcome.Averaged:
                reading.Add(call.Segment, answer.Round, answer.Total);
                break;
            case SegmentOutcome.Again when call.Exchange.Number == segment.Next:
                reading.Register(call.Segment);
                break;
            case SegmentOutcome.Behind when call.Exchange.Number >= reading.From && _isCatchingUp && !_busy:
                reading.Begin(Math.Max(answer.Newest, call.Exchange.Number + 1));
                _copy = null;
                break;
            case SegmentOutcome.Moved:
                segment.RetryAt = now + Pause;
                break;
        }
    }

    private void Finish(StatePosition next)
    {
        _busy = false;
        var finished = _open;
        _position = next;
        if (finished is not null && finished.IsComplete)
        {
            if (_previous.Remove(finished.Id.Kind, out var before))
                before.Return(_contributions, finished.Id.Kind == ExchangeKind.Round ? _results : _counts);
            _previous[finished.Id.Kind] = finished;
            _open = null;
        }

        if (!IsOvertaken)
            _overtakenAt = DateTimeOffset.MaxValue;
    }

    /// <summary>Somebody has the result that this trainer waits for.</summary>
    private bool IsOvertaken => new StatePosition(_orders.Round, _orders.Closing).IsAfter(_position);

    /// <summary>
    /// From here on this trainer reads along and copies a newer state. What it holds it keeps until it has that: those ahead may die, and
    /// then it is the one that the run goes on from.
    /// </summary>
    private void CatchUp()
    {
        _isCatchingUp = true;
        _open = null;
        _copy = null;
        _reading = new(plan);
    }

    private void GoOn()
    {
        _isCatchingUp = false;
        _copy = null;
        _reading = null;
    }

    private OpenExchange? Find(Exchange id) =>
        _open?.Id == id ? _open
        : _previous.GetValueOrDefault(id.Kind) is { } previous && previous.Id == id ? previous
        : null;

    private static void GiveBack(SegmentCall call, bool answered)
    {
        foreach (var array in call.Lent)
            array.GiveBack(answered);
    }

    private ImmutableArray<SlotRange> SlotsAt(long round) => _orders.Lease?.At(round).Slots ?? [];
}
