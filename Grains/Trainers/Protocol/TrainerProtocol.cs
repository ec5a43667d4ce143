using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Timing;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>One trainer's side of a run as a state machine: orders, answers and time in, actions out.</summary>
/// <remarks>
/// No clock, no calls, no tensors, one thread at a time: the loop carries the actions out, and a test can do so in virtual time. It
/// decides nothing about membership: the lease says which slots are wanted. A slot computed for a lease that has moved on is not lost; it
/// is a block that nobody else need send. Its two parts are <see cref="RoundExchange"/> and <see cref="CatchUp"/>. The time that it is
/// told is monotonic, and it decides in <see cref="AttendedTime"/>: a trainer that stood still itself takes no one for silent.
/// </remarks>
internal sealed class TrainerProtocol(
    string trainer,
    ExchangePlan plan,
    LivenessOptions liveness,
    IVectorMemory? memory = null
)
{
    /// <summary>After a call that failed.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly RoundExchange _exchanges = new(trainer, plan, memory ?? ManagedMemory.Instance);
    private readonly CatchUp _catchUp = new(trainer, plan, liveness.Answer);
    private readonly CallsUnderWay _calls = new(liveness.Answer);
    private readonly AttendedTime _time = new(liveness.Beat);
    private readonly CoordinatorWatch _coordinator = new(liveness);
    private readonly bool _isRelaxed = plan.Segments[0].Shape.IsRelaxed; // a round that is averaged twice may come to two results
    private BeatAnswer _orders = new(Directive.Train, null);
    private TrainerState _state = TrainerState.None;
    private bool _hasState;
    private bool _busy;
    private long _disputedTerm;
    private DateTimeOffset _heardAt;
    private bool _hasMoved; // something was computed, averaged or copied
    private DateTimeOffset _overtakenAt = DateTimeOffset.MaxValue;

    /// <summary>Completed rounds.</summary>
    public long Round => Position.Round;

    /// <summary>Where the state stands.</summary>
    public StatePosition Position => _state.Position;

    /// <summary>128-bit hash of the state; 0 without one.</summary>
    public UInt128 StateHash => _hasState ? _state.Hash : 0;

    /// <summary>The newest lease.</summary>
    public Lease? Lease => _orders.Lease;

    /// <summary>Times that it fell back, because its coordinator was silent and its rounds stood.</summary>
    public int Fallbacks { get; private set; }

    /// <summary>A segment said that contributors to the open round started it from different states, or computed a slot to different bytes.</summary>
    public bool IsDisputed { get; private set; }

    /// <summary>What came with different bytes, and from whom; empty when nothing did.</summary>
    public string Conflict { get; private set; } = "";

    /// <summary>The segments have no result for the open round any more.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>What the trainer is doing, apart from preparing and faults, which the session knows.</summary>
    public TrainerStage Stage =>
        _catchUp.IsUnderWay ? TrainerStage.Joining
        : _orders.Directive == Directive.Pause && !_busy ? TrainerStage.Paused
        : plan.IsEnd(Position) && !_busy ? TrainerStage.Done
        : TrainerStage.Training;

    /// <summary>What the open exchange waits for, for people; empty when nothing.</summary>
    public string WaitingFor => _busy ? "" : _exchanges.WaitingFor;

    /// <summary>What it keeps.</summary>
    public TrainerMemory Memory => new(_calls.Count, _calls.Silos, _exchanges.Arrays, _catchUp.ResultsAhead);

    /// <summary>The trainer holds a state and may train from it.</summary>
    public void Begin(TrainerState state, DateTimeOffset now) =>
        (_state, _hasState, _heardAt, _hasMoved) = (state, true, _time.At(now), true);

    /// <summary>The trainer holds no state: it is to copy one.</summary>
    public void Join(DateTimeOffset now)
    {
        (_heardAt, _hasMoved) = (_time.At(now), true);
        BeginCatchUp();
    }

    /// <summary>Takes the answer to a heartbeat in; an older term than the one known is dropped.</summary>
    public void Take(BeatAnswer answer, DateTimeOffset time)
    {
        var now = _heardAt = _time.At(time);
        _coordinator.Answered(now);
        var (old, newer) = (_orders.Lease?.Term ?? 0, answer.Term);
        if (newer > 0 && newer < old)
            return;
        // An answer without a lease leaves the one known in mind: its segments may still close the open round.
        _orders = answer.Lease is null ? answer with { Lease = _orders.Lease } : answer;
        if (newer > _disputedTerm)
            (IsDisputed, Conflict) = (false, "");
        if (newer > old)
            IsRefused = false;
        if (!IsOvertaken)
        {
            _overtakenAt = DateTimeOffset.MaxValue;
            if (_catchUp.IsUnderWay && _hasState && !_busy)
                _catchUp.GiveUp(); // the trainer that was ahead is gone, and this state is as good as any
        }
        else if (_overtakenAt == DateTimeOffset.MaxValue)
            _overtakenAt = now;
    }

    /// <summary>A heartbeat was refused: nothing listens where the coordinator was, which says more than silence.</summary>
    public void Refused(DateTimeOffset time) => _coordinator.Refused(_time.At(time));

    /// <summary>The next thing to do; null when there is nothing until something is told or time passes.</summary>
    public TrainerAction? Next(DateTimeOffset time)
    {
        var now = _time.At(time);
        foreach (var (call, since) in _calls.GiveUp(now))
            Fail(call, since, now);
        if (_orders.Directive is Directive.Pause or Directive.Leave || _orders.Lease is not { } lease)
            return null;
        if (_hasMoved)
            _coordinator.Moved(Round, now);
        _hasMoved = false;
        if (FallsBack(now) && lease.Fallen() is { } fallback)
        {
            _orders = _orders with
            {
                StateFrom = lease.Fallback!.StateFrom ?? _orders.StateFrom,
                Lease = lease = fallback,
            };
            (IsRefused, Fallbacks) = (false, Fallbacks + 1);
            if (_catchUp.IsUnderWay)
                _catchUp.Begin(); // what it copied from may be on the silo that is silent
        }

        if (_orders.Directive == Directive.Copy && _hasState && !_busy)
        {
            (_hasState, IsDisputed, Conflict) = (false, false, ""); // it is wrong
            _exchanges.ForgetPrevious();
            BeginCatchUp();
        }

        if (NextCall(lease, now) is { } ask)
            return ask;
        if (_busy)
            return null;
        var next =
            _catchUp.IsUnderWay ? NextOfCatchUp(now)
            : plan.IsEnd(Position) ? null
            : NextOfTraining(lease, now);
        _busy = next is StateWork;
        return next;
    }

    /// <summary>Slots were computed.</summary>
    /// <param name="asked">As asked.</param>
    /// <param name="blocks">Their sums along the tree, as few as can be.</param>
    public void Computed(ComputeSlots asked, IEnumerable<OwnBlock> blocks)
    {
        (_busy, _hasMoved) = (false, true);
        _exchanges.Add(asked, blocks);
    }

    /// <summary>A round's average was applied.</summary>
    public void Applied(TrainerState state) => Finish(state);

    /// <summary>The epoch was closed.</summary>
    public void EpochClosed(TrainerState state) => Finish(state);

    /// <summary>A segment answered; also a call that was given up, whose result is used all the same.</summary>
    /// <returns>A sentence when the answer was a fault of the program; null when all is well.</returns>
    public string? Answered(SegmentCall call, SegmentAnswer answer, DateTimeOffset time)
    {
        var now = _time.At(time);
        var isLate = !_calls.End(call);
        if (!Arrives(call, answer))
        {
            answer.Averaged?.Dispose();
            if (!isLate)
                Fail(call, call.SentAt, now); // ask once more
            return null;
        }

        _heardAt = now;
        _hasMoved |= answer.Outcome == SegmentOutcome.Averaged;
        _calls.Heard(call.Key, now);
        if (!isLate)
            GiveBack(call, answered: true);
        _exchanges.NoteInstance(call, answer.Instance, _orders.Lease);
        if (call.Reads)
            _catchUp.Answered(call, answer, isLate, isWorking: _busy, now);
        else
            switch (_exchanges.Answered(call, answer, isLate, now))
            {
                case SegmentOutcome.Behind when !_busy:
                    IsRefused = true;
                    BeginCatchUp();
                    break;
                case SegmentOutcome.StatesDiffer:
                    (IsDisputed, _disputedTerm) = (true, _orders.Lease!.Term);
                    break;
                case SegmentOutcome.BlocksDiffer:
                    (IsDisputed, Conflict, _disputedTerm) = (true, answer.Detail, _orders.Lease!.Term);
                    break;
            }

        answer.Averaged?.Dispose();
        return answer.Outcome == SegmentOutcome.WrongPhase ? answer.Detail : null;
    }

    /// <summary>A call failed.</summary>
    public void Unanswered(SegmentCall call, DateTimeOffset time)
    {
        var now = _time.At(time);
        if (_calls.End(call))
            Fail(call, call.SentAt, now);
    }

    /// <summary>A stretch of another trainer's state came.</summary>
    public void Copied(CopyState asked, StateAnswer answer, DateTimeOffset time)
    {
        var now = _time.At(time);
        _calls.Heard(asked.From, now);
        if (_catchUp.Copied(asked, answer, now))
            (_heardAt, _hasMoved) = (now, true);
    }

    /// <summary>The other trainer did not answer.</summary>
    public void NotCopied(CopyState asked, DateTimeOffset time) => _catchUp.NotCopied(asked, _time.At(time));

    /// <summary>A copied state was loaded.</summary>
    public void Loaded(TrainerState state, DateTimeOffset now)
    {
        (_busy, _hasMoved) = (false, true);
        _hasState = _catchUp.Loaded(state.Hash, _time.At(now));
        if (!_hasState)
            return;
        _state = state;
        _exchanges.ForgetPrevious();
        IsRefused = false;
        _overtakenAt = DateTimeOffset.MaxValue;
    }

    /// <summary>Segments that owe an answer for longer than a poll lasts.</summary>
    public ImmutableArray<SilentGrain> Silent(DateTimeOffset time)
    {
        var now = _time.At(time);
        var silent = ImmutableArray.CreateBuilder<SilentGrain>();
        foreach (var piece in _exchanges.Open?.Pieces ?? [])
            Add(piece.Key, piece.SilentSince);
        foreach (var reading in _catchUp.Segments)
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
        $"{Stage} at {Round}{(Position.Closing ? " closing" : "")}, term {Lease?.Term}, told {_orders.Directive} "
        + $"{_orders.Round}{(_orders.Closing ? " closing" : "")} from {_orders.StateFrom}"
        + (_busy ? ", busy" : "")
        + (IsDisputed ? ", disputed" : "")
        + $", slots {string.Join(',', Slots)}, computed {(_exchanges.Open is { } open ? string.Join(',', open.Computed) : "none")}, lease from {Lease?.FromRound}"
        + $", waits for {WaitingFor}, reads from {_catchUp.ReadsFrom}";

    /// <summary>Whether the segment took the call in is unknown, so everything is said again.</summary>
    private void Fail(SegmentCall call, DateTimeOffset since, DateTimeOffset now)
    {
        GiveBack(call, answered: false);
        if (call.Reads)
            _catchUp.Unanswered(call, since, now);
        else
            _exchanges.Unanswered(call, since, now);
    }

    /// <summary>The next call, which is under way from here on: an answer to one that is not counts as late.</summary>
    private AskSegment? NextCall(Lease lease, DateTimeOffset now)
    {
        var next = ChooseCall(lease, now);
        if (next is not null)
            _calls.Begin(next.Call);
        return next;
    }

    private AskSegment? ChooseCall(Lease lease, DateTimeOffset now)
    {
        if (_exchanges.NextOfPrevious(lease, now) is { } settling)
            return settling;
        if (_catchUp.IsUnderWay)
            return _catchUp.NextRead(lease, _orders.Round, now);
        return IsDisputed ? null : _exchanges.NextOfOpen(lease, Slots, isComputing: _busy, now);
    }

    private TrainerAction? NextOfCatchUp(DateTimeOffset now) =>
        _catchUp.Whole is { } whole
            ? new LoadState(whole.State, whole.Bytes, WritingTerm)
            : _catchUp.NextStretch(_orders.StateFrom, now);

    private TrainerAction? NextOfTraining(Lease lease, DateTimeOffset now)
    {
        // After a copy: what was read along is applied without an exchange.
        if (_catchUp.Replay(Round) is { } read)
            return Position.Closing
                ? new CloseEpoch(null, Missed: true, WritingTerm)
                : new ApplyRound(Round, read.Averaged, read.Total, 0, WritingTerm);
        if (plan.At(Position) is not { } exchange)
            return new CloseEpoch(null, Missed: false, WritingTerm);
        var open = _exchanges.Begin(exchange, _state.Hash);
        if (open.IsComplete)
            return exchange.Kind == ExchangeKind.Round
                ? new ApplyRound(
                    exchange.Number,
                    open.Result.Memory,
                    open.Total,
                    open.WaitedSeconds,
                    WritingTerm
                )
                : new CloseEpoch(open.Result.Memory, Missed: false, WritingTerm);
        if (IsDisputed || now - _heardAt > liveness.Idle)
            return null;
        if (
            now >= _overtakenAt
            && now - _overtakenAt > liveness.Stuck
            && now - _coordinator.MovedAt > liveness.Stuck
        )
        {
            // Others have this round's result and its segments no longer do. Who lags and comes nearer is only slow.
            BeginCatchUp();
            return NextCall(lease, now);
        }

        var missing = open.Missing(Slots);
        return missing.IsEmpty
            ? null
            : new ComputeSlots(
                exchange,
                missing,
                _exchanges.TakeArrays(exchange, missing.Length),
                WritingTerm
            );
    }

    private void Finish(TrainerState state)
    {
        (_busy, _hasMoved) = (false, true);
        _state = state;
        _exchanges.Finish();
        if (!IsOvertaken)
            _overtakenAt = DateTimeOffset.MaxValue;
    }

    /// <summary>
    /// From here on this trainer reads along and copies a newer state. What it holds it keeps until it has that: those ahead may die, and
    /// then it is the one that the run goes on from.
    /// </summary>
    private void BeginCatchUp()
    {
        _exchanges.Abandon();
        _catchUp.Begin();
    }

    /// <summary>Whether the coordinator does not answer, this trainer has nothing to compute, and its round makes no progress.</summary>
    private bool FallsBack(DateTimeOffset now) =>
        !_busy && !IsDisputed && !plan.IsEnd(Position) && !_isRelaxed && _coordinator.IsOver(now);

    /// <summary>Somebody has the result that this trainer waits for.</summary>
    private bool IsOvertaken => new StatePosition(_orders.Round, _orders.Closing).IsAfter(Position);

    private ImmutableArray<SlotRange> Slots => Lease?.At(Round).Slots ?? [];

    /// <summary>Term of the lease by which this trainer reports the epochs and writes the checkpoints now; null when another does.</summary>
    private long? WritingTerm => Lease is { } lease && lease.At(Round).Writes ? lease.Term : null;

    /// <summary>Copies a result to where it is wanted, if it is.</summary>
    /// <returns>Whether it is what the segment averaged.</returns>
    private bool Arrives(SegmentCall call, SegmentAnswer answer)
    {
        var room = call.Reads ? _catchUp.Room(call, answer.Round) : _exchanges.Room(call);
        return answer.Averaged is null || room.IsEmpty || answer.TryCopyTo(room);
    }

    private static void GiveBack(SegmentCall call, bool answered)
    {
        foreach (var array in call.Lent)
            array.GiveBack(answered);
    }
}
