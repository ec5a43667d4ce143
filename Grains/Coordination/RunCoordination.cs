using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Coordination;

/// <summary>One run's coordination as a state machine: beats and time in, leases and decisions out.</summary>
/// <remarks>
/// No clock, no calls, no storage: the grain feeds it and carries out what it decides, so that a test can do both in virtual time. It
/// never gates a round: whatever it decides, late or twice, changes who computes and never what.
/// </remarks>
internal sealed class RunCoordination
{
    private const int IdentityBits = 10;
    private static readonly TimeSpan DisputePatience = TimeSpan.FromSeconds(2);

    private readonly string _run;
    private readonly CoordinatorStart _start;
    private readonly LivenessOptions _liveness;
    private readonly DateTimeOffset _since;
    private readonly bool _isSuccessor;
    private readonly long _identity;
    private readonly SortedList<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lostSilos = [];
    private readonly ReplayWitness _witness;
    private IReadOnlyDictionary<string, ImmutableArray<SlotRange>> _slots = ImmutableDictionary<
        string,
        ImmutableArray<SlotRange>
    >.Empty;
    private ImmutableArray<string> _segments = [];
    private ImmutableArray<string> _segmentSilos = [];
    private IReadOnlyDictionary<string, ImmutableArray<SlotRange>>? _slotsBefore; // until _fromRound
    private long _fromRound;
    private long _highestTermSeen;
    private DateTimeOffset? _disputeSince;
    private DateTimeOffset? _tooFewSince;
    private DateTimeOffset? _stateLostSince;
    private bool _isResting;
    private DateTimeOffset _pacedAt;
    private long _pacedRound;
    private long _pace;

    /// <param name="run">The run's id.</param>
    /// <param name="start">What it was started with.</param>
    /// <param name="liveness">Patience.</param>
    /// <param name="knownTerm">The newest term written down by a coordinator before this one; 0 for the first.</param>
    /// <param name="isSuccessor">Whether another coordinator led these trainers before.</param>
    /// <param name="identity">Tells this coordinator from another one that may lead at the same time.</param>
    /// <param name="now">The time.</param>
    public RunCoordination(
        string run,
        CoordinatorStart start,
        LivenessOptions liveness,
        long knownTerm,
        bool isSuccessor,
        long identity,
        DateTimeOffset now
    )
    {
        _identity = identity;
        (_run, _start, _liveness, _since) = (run, start, liveness, now);
        (_highestTermSeen, _isSuccessor) = (knownTerm, isSuccessor);
        _witness = new(start.Dispute);
        foreach (var trainer in start.Trainers)
            _members.Add(trainer, new(trainer));
    }

    /// <summary>Term of the leases in force; 0 before the first.</summary>
    public long Term { get; private set; }

    /// <summary>Every trainer in the run.</summary>
    public IEnumerable<Member> Members => _members.Values.Where(m => m.IsIn);

    /// <summary>Every trainer that ever was in the run.</summary>
    public IEnumerable<string> Everybody => _members.Keys;

    /// <summary>Whether a stop was asked for.</summary>
    public bool Stopping { get; private set; }

    /// <summary>Whether the stop is to skip the checkpoint.</summary>
    public bool StopNow { get; private set; }

    /// <summary>Grain keys of the segments in force.</summary>
    public ImmutableArray<string> Segments => _segments;

    /// <summary>Takes a beat in and answers it.</summary>
    public BeatAnswer Beat(Heartbeat beat, DateTimeOffset now)
    {
        if (!_members.TryGetValue(beat.Trainer, out var member))
            _members.Add(beat.Trainer, member = new(beat.Trainer));
        member.Note(beat, now, HighestRound);
        _lostSilos.Remove(PinnedKey.Silo(beat.Trainer));
        _highestTermSeen = Math.Max(_highestTermSeen, beat.Term);
        if (!member.IsIn && now >= member.BarredUntil && beat.Stage != TrainerStage.Faulted)
            member.Return();
        return Answer(beat.Trainer);
    }

    /// <summary>The standing answer for a trainer.</summary>
    public BeatAnswer Answer(string trainer)
    {
        if (!_members.TryGetValue(trainer, out var member))
            return new(Directive.Leave, null);
        if (member is { IsDraining: true, IsIn: false })
            return new(Directive.Leave, null);
        var (round, open) = Furthest;
        var from = Source(member);
        if (Stopping || IsLeaving)
            return new(Directive.Pause, null, round, from, !open);
        var lease =
            member.IsIn && Term > 0
                ? new Lease(
                    Term,
                    _slots.GetValueOrDefault(trainer, []),
                    trainer == Writer(_slots),
                    _segments,
                    _fromRound,
                    _slotsBefore is null
                        ? null
                        : new(_slotsBefore.GetValueOrDefault(trainer, []), trainer == Writer(_slotsBefore))
                )
                : null;
        return new(
            member.MustCopy && member.IsIn ? Directive.Copy : Directive.Train,
            lease,
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

    /// <summary>Membership declared a silo dead: its trainers and segments are gone, whatever the last beats said.</summary>
    public void Lose(string silo) => _lostSilos.Add(silo);

    /// <summary>A silo is to be emptied without losing a round.</summary>
    public void Drain(string silo)
    {
        foreach (var member in _members.Values.Where(m => m.Silo == silo))
            member.Drain();
    }

    /// <summary>The state of those who are to go is checkpointed: they may.</summary>
    public void Rest()
    {
        foreach (var member in Members.Where(m => m.IsDraining).ToList())
            member.Leave("drained", DateTimeOffset.MaxValue);
        _slots = ImmutableDictionary<string, ImmutableArray<SlotRange>>.Empty;
        AtOnce();
        _isResting = true;
    }

    /// <summary>Looks at every sign and decides what has to change.</summary>
    public CoordinationDecision Review(DateTimeOffset now)
    {
        List<Departure> departures = [];
        foreach (var member in Members.ToList())
        {
            if (member.Last is { Stage: TrainerStage.Faulted, FaultIsOfTheRun: true } broken)
                return new(departures, false, new(RunState.Failed, HighestRound, null, broken.Fault));
            if (Reason(member, now) is { } reason)
                Depart(departures, member, reason, now, member.Last?.Fault);
            else if (IsDrained(member))
            {
                member.Leave("drained", DateTimeOffset.MaxValue);
                departures.Add(new(member.Trainer, "drained", null, TimeSpan.Zero));
            }
        }

        Judge(departures, now);
        NotePace(now);

        var isLost = IsStateLost(now);
        if (Stopping)
            return new(
                departures,
                false,
                isLost ? new(RunState.Stopped, HighestRound, null, null)
                    : Members.Any() ? Paused(departures, now)
                    : Failed(departures)
            );
        if (IsLeaving)
        {
            var resting = PausedAhead(departures, now, out var atOdds);
            return new(
                departures,
                false,
                null,
                atOdds is null ? null : Irreconcilable(HighestRound, atOdds),
                resting?.Trainer
            );
        }

        _isResting &= !Members.Any();
        if (_isResting)
            return new(departures, false, null); // whoever comes begins at the checkpoint
        if (TooFew(departures, now) is { } failed)
            return new(departures, false, failed);
        if (isLost)
            return new(departures, false, null, new("no trainer is left that holds its state"));
        if (Ended(departures, now, out var undecided) is { } end)
            return new(departures, false, end);
        if (undecided is not null)
            return new(departures, false, null, undecided);

        if (_slots.Count == 0)
            return new(departures, BeginLeases(now), null);

        var disputed = Settle(departures, now, out var irreconcilable);
        if (irreconcilable is not null)
            return new(departures, false, null, irreconcilable);
        var avoid = Unblock(departures, now);
        // Those who closed later rounds at these segments are gone, so that the rounds are to be done once more.
        var refused = Members.Any(m =>
            m.Last is { IsRefused: true } beat
            && beat.Lease?.Term == Term
            && m.Progress.CompareTo(Furthest) >= 0
        );
        var changed = Relet(now) | Replace(avoid, all: disputed || refused) | Outbid();
        return new(departures, changed, null);
    }

    /// <summary>Rounds from now on that a change of leases is announced for, so that every beat has carried it by then.</summary>
    private long Ahead => 2 + (2 * _pace);

    /// <summary>Everybody is to go before the run is done, and there is nobody to hand over to.</summary>
    private bool IsLeaving => HighestRound < _start.Rounds && Members.Any() && Members.All(m => m.IsDraining);

    private bool IsDrained(Member member) =>
        member.IsDraining
        && Term > 0
        && _slots.GetValueOrDefault(member.Trainer, []).IsEmpty
        && HighestRound > _fromRound
        // An older beat may be of a life that is over: whoever takes over must have said so under the leases in force.
        && HasComeAbout(Able.Where(m => !m.IsDraining).ToDictionary(m => m.Trainer));

    private void NotePace(DateTimeOffset now)
    {
        if (now - _pacedAt < _liveness.Beat)
            return;
        (_pace, _pacedRound, _pacedAt) = (Math.Max(0, HighestRound - _pacedRound), HighestRound, now);
    }

    private static string? Writer(IReadOnlyDictionary<string, ImmutableArray<SlotRange>> slots) =>
        slots
            .Where(s => !s.Value.IsEmpty)
            .OrderBy(s => s.Value.Min(r => r.Start))
            .Select(s => s.Key)
            .FirstOrDefault();

    private (long Round, bool Open) Furthest
    {
        get
        {
            (long, bool) holding = (-1, true),
                having = (-1, true);
            var anyHolds = false;
            foreach (var member in _members.Values)
            {
                if (member.HoldsState)
                {
                    anyHolds = true;
                    if (member.Progress.CompareTo(holding) > 0)
                        holding = member.Progress;
                }
                else if (member.HasState && member.Progress.CompareTo(having) > 0)
                    having = member.Progress;
            }

            return anyHolds ? holding : having;
        }
    }

    /// <summary>Trainers with a state to go on from: those that keep up, or else those that were about to copy one from them.</summary>
    private IEnumerable<Member> Holders =>
        Members.Any(m => m.HoldsState) ? Members.Where(m => m.HoldsState) : Members.Where(m => m.HasState);

    private long HighestRound => Math.Max(0, Furthest.Round);

    /// <summary>Trainers that slots may be leased to: they hold the state and keep up.</summary>
    private IEnumerable<Member> Able =>
        Members.Any(m => m.HoldsState)
            ? Members.Where(m => m is { HoldsState: true, MustCopy: false, IsBehind: false })
            : Holders.Where(m => m.Progress == Furthest); // nobody is left that they could catch up with

    /// <summary>Whom a trainer may copy the state from: the furthest that it does not call silent.</summary>
    private string? Source(Member member)
    {
        var silent = member.Last?.Silent.Select(s => PinnedKey.Silo(s.Key)).ToHashSet() ?? [];
        return Holders
            .Where(m => m != member && !m.MustCopy)
            .OrderBy(m => silent.Contains(m.Silo))
            .ThenByDescending(m => m.Progress)
            .ThenBy(m => m.Trainer, StringComparer.Ordinal)
            .FirstOrDefault()
            ?.Trainer;
    }

    private string? Reason(Member member, DateTimeOffset now)
    {
        if (member.Last is { Stage: TrainerStage.Faulted } faulted)
            return faulted.Fault?.Message ?? "it reported a fault without a reason";
        if (_lostSilos.Contains(member.Silo))
            return $"{member.Silo} was declared dead";
        // Opening data and loading the native library may take long before the first beat.
        var patience = member.Since is null && !_isSuccessor ? _liveness.Regroup : _liveness.Patience;
        var silence = now - (member.Since ?? _since);
        return silence > patience
            ? $"no beat for {silence.TotalSeconds:F1} s, patience is {patience.TotalSeconds:F1} s"
            : null;
    }

    private void Depart(
        List<Departure> departures,
        Member member,
        string reason,
        DateTimeOffset now,
        RunFault? fault,
        bool atOnce = false,
        bool mustCopy = false
    )
    {
        var times = member.Departures - (atOnce ? 0 : 1); // once is an accident
        var quarantine =
            times < 0
                ? TimeSpan.Zero
                : TimeSpan.FromTicks(
                    Math.Min(
                        _liveness.Quarantine.Ticks << Math.Min(times, 20),
                        _liveness.LongestQuarantine.Ticks
                    )
                );
        member.Leave(reason, now + quarantine, mustCopy);
        departures.Add(new(member.Trainer, reason, fault, quarantine));
    }

    private CoordinationEnd? TooFew(List<Departure> departures, DateTimeOffset now)
    {
        var missing = _start.MinTrainers - Members.Count();
        if (missing > 0)
            foreach (var barred in _members.Values.Where(m => !m.IsIn && IsAlive(m, now)).Take(missing))
                barred.Return(); // quarantine is for when there are others
        var left = Members.Count();
        if (left >= _start.MinTrainers)
        {
            _tooFewSince = null;
            return null;
        }

        _tooFewSince ??= now;
        var hopeless = _members.Values.All(m => m.Last is { Stage: TrainerStage.Faulted });
        return hopeless || (!HasBegun && now - _tooFewSince > _liveness.Regroup) ? Failed(departures) : null;
    }

    // Whoever joins was sent into a run that is under way.
    private bool HasBegun =>
        _slots.Count > 0 || _isSuccessor || Members.Any(m => m.Last is { Stage: TrainerStage.Joining });

    /// <summary>Whether everybody who held the run's state is gone, and has had the time to come back.</summary>
    private bool IsStateLost(DateTimeOffset now)
    {
        if (
            !HasBegun
            || Members.Any(m => m.Last is { Stage: TrainerStage.Starting }) // it may be loading the checkpoint
            || _members.Values.Any(m =>
                m.HasState
                || (m is { IsIn: false, MustCopy: false } && m.Last?.StateHash > 0 && IsAlive(m, now))
            )
        )
        {
            _stateLostSince = null;
            return false;
        }

        _stateLostSince ??= now;
        return now - _stateLostSince > _liveness.Patience;
    }

    private bool IsAlive(Member member, DateTimeOffset now) =>
        member is { Since: { } since, Last.Stage: not TrainerStage.Faulted }
        && now - since <= _liveness.Patience
        && !_lostSilos.Contains(member.Silo);

    private CoordinationEnd Failed(List<Departure> departures)
    {
        var left = Members.Count();
        return new(
            RunState.Failed,
            HighestRound,
            null,
            departures is [{ Fault: { } only }] && _members.Count == 1
                ? only
                : new(
                    "MM4002",
                    $"{left} of {_members.Count} trainers are left, {_start.MinTrainers} are wanted: "
                        + string.Join(
                            "; ",
                            _members.Values.Where(m => !m.IsIn).Select(m => $"{m.Trainer}: {m.Reason}")
                        ),
                    $"mm logs {_run} says more; then mm resume {_run}"
                )
        );
    }

    /// <summary>
    /// The end of a stop: known once everybody who holds a state has paused, at the highest completed round. Where nobody knows which of
    /// several states is right, none is saved, and a resumption goes back to the newest checkpoint.
    /// </summary>
    private CoordinationEnd? Paused(List<Departure> departures, DateTimeOffset now)
    {
        if (PausedAhead(departures, now, out var atOdds) is { Last: { } last } ahead)
            return new(RunState.Stopped, last.Round, last.StateSha256, null, ahead.Trainer);
        return atOdds is null ? null : new(RunState.Stopped, HighestRound, null, null);
    }

    /// <summary>Whoever holds the furthest state, once everybody has paused; takes those out who differ from the majority there.</summary>
    private Member? PausedAhead(
        List<Departure> departures,
        DateTimeOffset now,
        out Dictionary<string, UInt128>? atOdds
    )
    {
        atOdds = null;
        var holders = Members.Where(m => m.Last is not { Stage: TrainerStage.Joining }).ToList();
        if (
            holders.Count == 0
            || !holders.All(m => m.Last is { Stage: TrainerStage.Paused or TrainerStage.Done })
        )
            return null;
        var furthest = holders.Max(m => m.Progress);
        var states = holders
            .Where(m => m.Progress == furthest)
            .ToDictionary(m => m.Trainer, m => m.Last!.StateHash);
        if (StateDispute.Minority(states) is not { } minority)
        {
            atOdds = states;
            return null;
        }

        foreach (var trainer in minority)
            TakeOut(departures, _members[trainer], furthest.Round, now);
        return _members[states.Keys.First(trainer => !minority.Contains(trainer))];
    }

    /// <summary>The end of a run: every trainer that has its state holds the last one, and it is one.</summary>
    private CoordinationEnd? Ended(
        List<Departure> departures,
        DateTimeOffset now,
        out CoordinationRestart? irreconcilable
    )
    {
        irreconcilable = null;
        if (HighestRound < _start.Rounds)
            return null;
        var holders = Members.Where(m => m.HoldsState).ToList();
        if (
            Term == 0
            || holders.Count == 0
            || holders.Any(m => m.Last is not { Stage: TrainerStage.Done, StateSha256: not null })
        )
            return null;
        var states = holders.ToDictionary(m => m.Trainer, m => m.Last!.StateHash);
        if (StateDispute.Minority(states) is not { } minority)
        {
            irreconcilable = Irreconcilable(_start.Rounds, states);
            return null;
        }

        foreach (var trainer in minority)
            TakeOut(departures, _members[trainer], _start.Rounds, now);
        return new(
            RunState.Finished,
            _start.Rounds,
            holders.First(m => !minority.Contains(m.Trainer)).Last!.StateSha256,
            null
        );
    }

    private static CoordinationRestart Irreconcilable(long round, Dictionary<string, UInt128> states) =>
        new(
            $"replicas differ after round {round} and no state has a majority: "
                + string.Join(", ", states.Select(s => $"{s.Key} has {s.Value:x32}")),
            new(round, [.. states.Select(s => new DisputedState(s.Key, s.Value))])
        );

    private void TakeOut(List<Departure> departures, Member member, long round, DateTimeOffset now) =>
        Depart(
            departures,
            member,
            $"MM4004 its state after round {round} differs from the majority's",
            now,
            null,
            atOnce: true,
            mustCopy: true
        );

    /// <summary>Takes those out whose state was not the one that the checkpoint leads to.</summary>
    private void Judge(List<Departure> departures, DateTimeOffset now)
    {
        var round = _witness.Round;
        foreach (var trainer in _witness.Wrong(Members.Where(m => m.HoldsState)))
            if (_members.TryGetValue(trainer, out var member) && member.IsIn)
                Depart(
                    departures,
                    member,
                    $"MM4004 its state after round {round} was not the one that the checkpoint leads to",
                    now,
                    null,
                    atOnce: true,
                    mustCopy: true
                );
    }

    /// <summary>The first leases of this coordinator; a successor takes over what the trainers say they have.</summary>
    private bool BeginLeases(DateTimeOffset now)
    {
        var ready = Able.ToList();
        if (ready.Count == 0)
            return false;
        if (_isSuccessor)
        {
            // Two beats: whoever lives has said which lease it holds.
            if (now - _since < 2 * _liveness.Beat && ready.Count < _start.Trainers.Length)
                return false;
            var newest = ready.Select(m => m.Last!.Lease).MaxBy(l => l?.Term ?? 0);
            if (newest is not null)
            {
                SetSegments(newest.Segments);
                _slots = LeasePlan.Mend(
                    _start.Slots,
                    ready.ToDictionary(
                        m => m.Trainer,
                        m => m.Last!.Lease is { } l && l.Term == newest.Term ? l.Slots : []
                    )
                );
            }
        }
        else if (Members.Any(m => m.Last is null or { Stage: TrainerStage.Starting }))
            return false; // nobody trains alone while the others still open their data

        if (_slots.Count == 0)
            _slots = LeasePlan.Share(
                _start.Slots,
                [
                    .. ready
                        .Select(m => m.Trainer)
                        .OrderBy(t => _start.Trainers.IndexOf(t) is var i && i < 0 ? int.MaxValue : i)
                        .ThenBy(t => t, StringComparer.Ordinal),
                ]
            );
        BeginTerm();
        Replace(new HashSet<string>(), all: ready.Any(m => m.Last!.IsRefused));
        return true;
    }

    // Two coordinators may lead for a while. Their terms differ in the low bits, so that a lease of one never passes for one of the other.
    private void BeginTerm() =>
        Term =
            ((Math.Max(Term, _highestTermSeen) >> IdentityBits) + 1 << IdentityBits)
            | (_identity & ((1L << IdentityBits) - 1));

    private void AtOnce() => (_fromRound, _slotsBefore) = (0, null);

    /// <summary>Another coordinator announced a newer term: whoever leads now must be heard over it.</summary>
    private bool Outbid()
    {
        if (_highestTermSeen <= Term)
            return false;
        AtOnce();
        BeginTerm();
        return true;
    }

    /// <summary>Gives orphaned slots to survivors at once, and shares anew, from a coming round on, with those who came.</summary>
    private bool Relet(DateTimeOffset now)
    {
        var able = Able.ToDictionary(m => m.Trainer);
        if (able.Count == 0)
            return false;
        if (_slots.Any(s => !s.Value.IsEmpty && !able.ContainsKey(s.Key)))
        {
            foreach (var (trainer, _) in _slots.Where(s => !s.Value.IsEmpty && !able.ContainsKey(s.Key)))
                _members[trainer].Lapse(now, _liveness.Beat);
            var heirs = able.Values.Where(m => !m.IsDraining).Select(m => m.Trainer).ToHashSet();
            if (heirs.Count == 0)
                heirs = [.. able.Keys];
            _slots = LeasePlan.Mend(
                _start.Slots,
                able.Keys.ToDictionary(t => t, t => _slots.GetValueOrDefault(t, [])),
                heirs
            );
            AtOnce();
            BeginTerm();
            return true;
        }

        if (HighestRound < _fromRound && _slotsBefore!.Any(s => !s.Value.IsEmpty && !able.ContainsKey(s.Key)))
        {
            // Whoever was to compute until then is gone: the new holders begin at once.
            AtOnce();
            BeginTerm();
            return true;
        }

        if (!HasComeAbout(able))
            return false;
        var holders = _slots.Where(s => !s.Value.IsEmpty).Select(s => s.Key).ToHashSet();
        var wanted = able
            .Values.Where(m => !m.IsDraining && (holders.Contains(m.Trainer) || now >= m.SteadyAt))
            .ToList();
        if (
            wanted.Count == 0
            || HighestRound + Ahead >= _start.Rounds
            || (
                !holders.Any(h => able[h].IsDraining) && holders.Count >= Math.Min(_start.Slots, wanted.Count)
            )
        )
            return false;
        _slotsBefore = _slots;
        _slots = LeasePlan.Share(
            _start.Slots,
            [
                .. wanted
                    .OrderBy(m => FirstSlot(m.Trainer))
                    .ThenBy(m => m.Trainer, StringComparer.Ordinal)
                    .Select(m => m.Trainer),
            ]
        );
        _fromRound = HighestRound + Ahead;
        BeginTerm();
        return true;

        int FirstSlot(string trainer) =>
            _slots.GetValueOrDefault(trainer, []) is { IsEmpty: false } own
                ? own.Min(r => r.Start)
                : int.MaxValue;
    }

    /// <summary>
    /// Whether everybody who holds slots has heard of them and computes them: a lease names two shares, so that two changes on their way
    /// at once would leave slots to nobody.
    /// </summary>
    private bool HasComeAbout(Dictionary<string, Member> able) =>
        _slots
            .Where(s => !s.Value.IsEmpty)
            .All(s =>
                able.GetValueOrDefault(s.Key)?.Last is { } beat
                && beat.Lease?.Term == Term
                && beat.Round >= _fromRound
            );

    /// <summary>Moves segments away from silos that are gone or to be avoided.</summary>
    private bool Replace(IReadOnlySet<string> avoid, bool all)
    {
        if (!all && avoid.Count == 0 && !_segments.IsEmpty && _segmentSilos.All(HasStayingMember))
            return false;
        var silos = Members
            .Where(m => m.Last is not null)
            .Select(m => m.Silo)
            .Distinct()
            .Where(s => !avoid.Contains(s))
            .ToList();
        if (silos.Count == 0)
            return false;
        var staying = Members
            .Where(m => !m.IsDraining)
            .Select(m => m.Silo)
            .Where(silos.Contains)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var count = _segments.IsEmpty
            ? SegmentPlan.Cut(Members.Max(m => m.Last?.Elements ?? 0)).Count + 1 // and one for evaluations
            : _segments.Length;
        var usable = staying.Count > 0 ? staying : silos;
        var kept = all ? [] : _segments;
        if (!_segments.IsEmpty)
        {
            if (SegmentPlacement.Place(_run, kept, count, long.MaxValue, usable).SequenceEqual(_segments))
                return false;
            BeginTerm();
        }

        SetSegments(SegmentPlacement.Place(_run, kept, count, Term, usable));
        return true;
    }

    private void SetSegments(ImmutableArray<string> segments) =>
        (_segments, _segmentSilos) = (segments, [.. segments.Select(PinnedKey.Silo).Distinct()]);

    private bool HasStayingMember(string silo)
    {
        foreach (var member in _members.Values)
            if (member is { IsIn: true, IsDraining: false, Last: not null } && member.Silo == silo)
                return true;
        return false;
    }

    /// <summary>Trainers that a segment found at odds: the majority's state stands, the others are taken out.</summary>
    private bool Settle(
        List<Departure> departures,
        DateTimeOffset now,
        out CoordinationRestart? irreconcilable
    )
    {
        irreconcilable = null;
        // Of the segments in force: those of earlier ones are settled.
        var disputing = Members
            .Where(m => m.Last is { IsDisputed: true } beat && beat.Lease?.Term == Term)
            .ToList();
        if (disputing.Count == 0)
        {
            _disputeSince = null;
            return false;
        }

        _disputeSince ??= now;
        var round = disputing.Max(m => m.Last!.Round);
        var there = Members.Where(m => m.HoldsState && m.Last!.Round >= round).ToList();
        if (there.Count < Members.Count(m => m.HoldsState) && now - _disputeSince < DisputePatience)
            return false; // others may still come to this round
        // Whoever went on had a result of this round, as those will who are still in it and see nothing wrong.
        var content = there
            .Where(m => m.Last!.Round == round && !disputing.Contains(m))
            .Select(m => m.Last!.StateHash)
            .Distinct()
            .ToList();
        var ahead = content is [var only] ? only : UInt128.Zero;
        var states = there.ToDictionary(
            m => m.Trainer,
            m => m.Last!.Round == round ? m.Last.StateHash : ahead
        );
        var minority = StateDispute.Minority(states);
        if (minority is null)
        {
            irreconcilable = Irreconcilable(round, states);
            return false;
        }

        foreach (var trainer in minority)
            TakeOut(departures, _members[trainer], round, now);
        _disputeSince = null;
        return true;
    }

    /// <summary>Silos to keep segments away from; may take a side out of the run that is cut off from all others.</summary>
    private IReadOnlySet<string> Unblock(List<Departure> departures, DateTimeOffset now)
    {
        if (!Members.Any(m => m.Last is { Silent.IsEmpty: false }))
            return ImmutableHashSet<string>.Empty;
        var complaints =
            from member in Members
            where member.Last is not null && IsAlive(member, now)
            from silent in member.Last!.Silent
            where silent.Seconds >= _liveness.Stuck.TotalSeconds && _segments.Contains(silent.Key)
            select (member.Trainer, silent.Key);
        var (avoid, giveUp) = Blockage.Decide(
            complaints,
            Members.GroupBy(m => m.Silo).ToDictionary(g => g.Key, g => g.Count())
        );
        if (giveUp is null)
            return avoid;
        foreach (var member in Members.Where(m => m.Silo == giveUp).ToList())
            Depart(departures, member, $"{giveUp} is cut off from the others", now, null, atOnce: true);
        return avoid;
    }
}
