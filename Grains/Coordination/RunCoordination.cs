using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.Coordination;

/// <summary>One run's coordination as a state machine: heartbeats and time in, leases and decisions out.</summary>
/// <remarks>
/// No clock, no calls, no storage: the grain feeds it and carries out what it decides, so that a test can do both in virtual time. It
/// never gates a round: whatever it decides, late or twice, changes who computes and never what. It decides in
/// <see cref="AttendedTime"/>: its own standstill does not count as the others' silence.
/// </remarks>
internal sealed class RunCoordination
{
    private static readonly IReadOnlySet<string> NoSilos = ImmutableHashSet<string>.Empty;

    private readonly CoordinatorStart _start;
    private readonly LivenessOptions _liveness;
    private readonly AttendedTime _time;
    private readonly DateTimeOffset _since;
    private readonly bool _isSuccessor;
    private readonly Roster _roster;
    private readonly FallbackPlan _fallback;
    private readonly SlotLeases _leases;
    private readonly SegmentAssignments _segments;
    private readonly Disagreements _disagreements;
    private readonly RunEndings _endings;
    private readonly Blockage _blockage;
    private readonly RoundPace _pace;
    private readonly ReviewPace _reviews;
    private DateTimeOffset? _tooFewSince;
    private DateTimeOffset? _stateLostSince;
    private bool _isResting;

    /// <param name="run">The run's id.</param>
    /// <param name="start">What it was started with.</param>
    /// <param name="liveness">Patience.</param>
    /// <param name="knownTerm">The newest term written down by a coordinator before this one; 0 for the first.</param>
    /// <param name="isSuccessor">Whether another coordinator led these trainers before.</param>
    /// <param name="identity">Tells this coordinator from another one that may lead at the same time.</param>
    /// <param name="now">The time.</param>
    /// <param name="home">Its silo, which the trainers can do without for a while; null: they cannot.</param>
    public RunCoordination(
        string run,
        CoordinatorStart start,
        LivenessOptions liveness,
        long knownTerm,
        bool isSuccessor,
        long identity,
        DateTimeOffset now,
        string? home = null
    )
    {
        _time = new(liveness.Beat);
        (_start, _liveness, _isSuccessor, _since) = (start, liveness, isSuccessor, _time.At(now));
        _roster = new(start.Trainers, liveness, isSuccessor, now);
        _fallback = new(run, home, start.Slots, _roster);
        _leases = new(
            start.Slots,
            start.Rounds,
            _roster,
            _fallback,
            new(liveness.Balance),
            knownTerm,
            identity
        );
        _segments = new(run, _roster);
        _disagreements = new(_roster, start.Dispute);
        _endings = new(run, start.Rounds, _roster, _disagreements);
        _blockage = new(liveness.ComplaintAge);
        (_pace, _reviews) = (new(liveness.Beat), new(liveness.Beat));
    }

    /// <summary>Term of the leases in force; 0 before the first.</summary>
    public long Term => _leases.Term;

    /// <summary>Every trainer in the run.</summary>
    public IEnumerable<Member> Members => _roster.Members;

    /// <summary>Every trainer that ever was in the run.</summary>
    public IEnumerable<string> Everybody => _roster.Everybody.Select(m => m.Trainer);

    /// <summary>What it keeps: trainers that ever were in the run, silos that are lost, and shares of slots.</summary>
    public (int Trainers, int Silos, int Shares) Memory =>
        (_roster.Everybody.Count, _roster.LostSilos, _leases.Shares);

    /// <summary>Whether a stop was asked for.</summary>
    public bool Stopping { get; private set; }

    /// <summary>Whether the stop is to skip the checkpoint.</summary>
    public bool StopNow { get; private set; }

    /// <summary>Grain keys of the segments in force.</summary>
    public ImmutableArray<string> Segments => _segments.Keys;

    /// <summary>The coordinator runs, and would hear anybody: from here on silence counts. Heartbeats and reviews say so, too.</summary>
    public void Attend(DateTimeOffset now) => _time.At(now);

    /// <summary>Takes a heartbeat in.</summary>
    public void Beat(Heartbeat heartbeat, DateTimeOffset now)
    {
        _reviews.Heard(_roster.Find(heartbeat.Trainer), heartbeat);
        _roster.Note(heartbeat, _time.At(now));
        _leases.See(heartbeat.Term);
    }

    /// <summary>Whether a heartbeat has brought something to decide on, or the last review is a while ago.</summary>
    /// <param name="now">Monotonic time.</param>
    public bool IsReviewDue(DateTimeOffset now) => _reviews.IsDue(now, _roster.Everybody.Count);

    /// <summary>How long its owner is not told of progress again, unless something has happened: it hears of every trainer.</summary>
    public TimeSpan BetweenTellings => _reviews.BetweenTellings(_roster.Everybody.Count);

    /// <summary>The standing answer for a trainer.</summary>
    public BeatAnswer Answer(string trainer)
    {
        if (_roster.Find(trainer) is not { } member || member is { IsDraining: true, IsIn: false })
            return new(Directive.Leave, null);
        var (round, open) = _roster.Furthest;
        var from = _roster.Source(member);
        if (Stopping || IsLeaving)
            return new(Directive.Pause, null, round, from, !open);
        return new(
            member.MustCopy && member.IsIn ? Directive.Copy : Directive.Train,
            member.IsIn ? _leases.Of(trainer, _segments.Keys) : null,
            Math.Max(round, 0),
            from,
            round >= 0 && !open
        );
    }

    /// <summary>Trainers of a silo that are in the run.</summary>
    public IEnumerable<string> MembersOf(string silo) =>
        Members.Where(m => m.Silo == silo).Select(m => m.Trainer);

    /// <summary>Notes that the run is to stop.</summary>
    public void Stop(bool now)
    {
        Stopping = true;
        StopNow |= now;
    }

    /// <summary>Membership declared a silo dead: its trainers and segments are gone, whatever the last heartbeats said.</summary>
    public void Lose(string silo) => _roster.Lose(silo);

    /// <summary>A silo is to be emptied without losing a round.</summary>
    public void Drain(string silo)
    {
        foreach (var member in _roster.On(silo))
            member.Drain();
    }

    /// <summary>A silo that was to go has ended, and another process has its name: its trainers get slots like any others.</summary>
    public void Welcome(string silo)
    {
        foreach (var member in _roster.On(silo))
            member.Welcome();
    }

    /// <summary>The state of those who are to go is checkpointed: they may.</summary>
    public void Rest()
    {
        foreach (var member in Members.Where(m => m.IsDraining).ToList())
            _roster.HandOver(member);
        _leases.Drop();
        _isResting = true;
    }

    /// <summary>Looks at every sign and decides what has to change.</summary>
    public CoordinationDecision Review(DateTimeOffset time)
    {
        var now = _time.At(time);
        _reviews.Reviewed(time);
        List<Departure> departures = [];
        foreach (var member in Members.ToList())
        {
            if (member.Last is { Stage: TrainerStage.Faulted, FaultIsOfTheRun: true } broken)
                return new(departures, false, _endings.Broken(broken));
            if (_roster.ReasonToGo(member, now) is var (cause, reason))
                departures.Add(_roster.Dismiss(member, cause, reason, now, member.Last));
            else if (_leases.IsDrained(member))
            {
                _roster.HandOver(member);
                departures.Add(new(member.Trainer, DepartureCause.Drained, Member.Drained));
                _isResting = !Members.Any();
            }
        }

        departures.AddRange(_disagreements.Replayed(now));
        _pace.Note(_roster.HighestRound, now, _time.Resumed);

        var isLost = IsStateLost(now);
        if (Stopping)
            return new(
                departures,
                false,
                isLost ? _endings.StoppedWithoutState
                    : Members.Any() ? _endings.Stopped(departures, now)
                    : _endings.Failed(departures, Wanted)
            );
        if (IsLeaving)
        {
            var resting = _endings.PausedAhead(departures, now, out var apart);
            return new(departures, false, null, Restart(apart), resting?.Trainer);
        }

        _isResting &= !Members.Any();
        if (_isResting)
            return new(departures, false, null); // a trainer that joins begins at the checkpoint
        if (TooFew(departures, now) is { } failed)
            return new(departures, false, failed);
        if (isLost)
            return new(departures, false, null, new("no trainer is left that holds its state"));
        if (_endings.Finished(departures, Term, now, out var undecided) is { } end)
            return new(departures, false, end);
        if (undecided is not null)
            return new(departures, false, null, Restart(undecided));

        if (!_leases.Exist)
            return new(departures, BeginLeases(now), null);

        if (_disagreements.Conflict(Term) is { } conflict)
            return new(departures, false, null, conflict);
        // After its own standstill the heartbeats of that time come first, and say where everybody was: the newest are waited for.
        if (now - _time.Resumed < 2 * _liveness.Beat)
            return new(departures, false, null);
        var settled = _disagreements.Settle(departures, now, Term, out var atOdds);
        if (atOdds is not null)
            return new(departures, false, null, Restart(atOdds));
        var fellBack = _leases.HasFallenBack;
        if (fellBack)
        {
            _segments.Set(_fallback.Segments);
            _leases.FallBack();
        }

        var missed = _roster.LookForMissed(now);
        var (avoid, shun) = Unblock(departures, now);
        avoid = avoid.Union(missed).ToHashSet();
        // Those who closed later rounds at these segments are gone, so that the rounds are to be done once more.
        var refused = Members.Any(m =>
            m.Last is { IsRefused: true } heartbeat
            && heartbeat.Lease?.Term == Term
            && m.Progress.CompareTo(_roster.Furthest) >= 0
        );
        var changed =
            fellBack
            | _leases.Reallocate(now, _pace.Ahead)
            | _segments.Move(_leases, avoid, shun, all: settled || refused)
            | _leases.Supersede();
        return new(departures, changed, null);
    }

    /// <summary>Everybody is to go before the run is done, and there is nobody to hand over to.</summary>
    private bool IsLeaving =>
        _roster.HighestRound < _start.Rounds && Members.Any() && Members.All(m => m.IsDraining);

    // A joining trainer was sent into a run that is under way.
    private bool HasBegun =>
        _leases.Exist || _isSuccessor || Members.Any(m => m.Last is { Stage: TrainerStage.Joining });

    // Its owner's wish is for the beginning: who is left later goes on.
    private int Wanted => HasBegun ? 1 : _start.MinTrainers;

    private static CoordinationRestart? Restart(Dispute? dispute) =>
        dispute is null ? null : Disagreements.Irreconcilable(dispute);

    private CoordinationEnd? TooFew(List<Departure> departures, DateTimeOffset now)
    {
        var missing = Wanted - Members.Count();
        if (missing > 0)
            _roster.Recall(missing, now);
        if (Members.Count() >= Wanted)
        {
            _tooFewSince = null;
            return null;
        }

        _tooFewSince ??= now;
        var hopeless = _roster.Everybody.All(m => m.Last is { Stage: TrainerStage.Faulted });
        return hopeless || (!HasBegun && now - _tooFewSince > _liveness.Regroup)
            ? _endings.Failed(departures, Wanted)
            : null;
    }

    /// <summary>Whether everybody who held the run's state is gone, and has had the time to come back.</summary>
    private bool IsStateLost(DateTimeOffset now)
    {
        if (
            !HasBegun
            || Members.Any(m => m.Last is { Stage: TrainerStage.Starting }) // it may be loading the checkpoint
            || _roster.Everybody.Any(m =>
                m.HasState
                || (
                    m is { IsIn: false, MustCopy: false }
                    && m.Last?.StateHash > 0
                    && _roster.IsAlive(m, now)
                    && !HungDevice.Is(m.Last) // its state cannot be read
                )
            )
        )
        {
            _stateLostSince = null;
            return false;
        }

        _stateLostSince ??= now;
        return now - _stateLostSince > _liveness.Patience;
    }

    /// <summary>The first leases of this coordinator; a successor takes over what the trainers say they have.</summary>
    private bool BeginLeases(DateTimeOffset now)
    {
        var ready = _roster.Able.ToList();
        if (ready.Count == 0)
            return false;
        if (_isSuccessor)
        {
            // Within two heartbeats every live trainer has said which lease it holds; with one, where only dead silos are missing, those who joined later have.
            var wait = Members.Any(m => m.Last is null) ? 2 * _liveness.Beat : _liveness.Beat;
            if (now - _since < wait && ready.Count < _start.Trainers.Length)
                return false;
            var newest = ready.Select(m => m.Last!.Lease).MaxBy(l => l?.Term ?? 0);
            if (newest is not null)
            {
                _segments.Set(newest.Segments);
                _leases.Continue(newest.Term, ready);
            }
        }
        else if (ready.Count < Wanted || Members.Any(m => m.Last is null or { Stage: TrainerStage.Starting }))
            return false; // nobody trains alone while the others still open their data

        if (!_leases.Exist)
        {
            var places = _start.Trainers.Index().ToDictionary(t => t.Item, t => t.Index);
            _leases.Share(
                ready
                    .Select(m => m.Trainer)
                    .OrderBy(t => places.GetValueOrDefault(t, int.MaxValue))
                    .ThenBy(t => t, StringComparer.Ordinal)
            );
        }

        _leases.BeginTerm();
        _segments.Move(_leases, NoSilos, NoSilos, all: ready.Any(m => m.Last!.IsRefused));
        return true;
    }

    /// <summary>Silos that segments are to leave, and to keep away from; may take a side out of the run that is cut off from all others.</summary>
    private (IReadOnlySet<string> Avoid, IReadOnlySet<string> Shun) Unblock(
        List<Departure> departures,
        DateTimeOffset now
    )
    {
        if (!Members.Any(m => m.Last is { Silent.IsEmpty: false }))
            return (NoSilos, NoSilos);
        var complaints =
            from member in Members
            where member.Last is not null && _roster.IsAlive(member, now)
            from silent in member.Last!.Silent
            where silent.Seconds >= _liveness.Stuck.TotalSeconds && _segments.Keys.Contains(silent.Key)
            select (member.Trainer, silent.Key);
        var (avoid, shun, giveUp) = _blockage.Decide(
            complaints,
            Members.GroupBy(m => m.Silo).ToDictionary(g => g.Key, g => g.Count()),
            now
        );
        if (giveUp is null)
            return (avoid, shun);
        foreach (var member in Members.Where(m => m.Silo == giveUp).ToList())
            departures.Add(
                _roster.Dismiss(
                    member,
                    DepartureCause.CutOff,
                    $"{giveUp} is cut off from the others",
                    now,
                    atOnce: true
                )
            );
        return (avoid, shun);
    }
}
