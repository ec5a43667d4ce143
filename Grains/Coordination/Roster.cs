using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>Who is in a run, who may be, and how far everybody is.</summary>
internal sealed class Roster
{
    private readonly LivenessOptions _liveness;
    private readonly DateTimeOffset _since;
    private readonly bool _isSuccessor;
    private readonly SortedList<string, Member> _everybody = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Member> _byName = [];
    private readonly Dictionary<string, List<Member>> _bySilo = [];
    private readonly Standings _standings = new();
    private readonly HashSet<string> _lostSilos = [];

    /// <param name="trainers">Those whom the run was given.</param>
    /// <param name="liveness">Patience.</param>
    /// <param name="isSuccessor">Whether another coordinator led them before, so that they need no time to begin.</param>
    /// <param name="now">The time.</param>
    public Roster(
        IEnumerable<string> trainers,
        LivenessOptions liveness,
        bool isSuccessor,
        DateTimeOffset now
    )
    {
        (_liveness, _isSuccessor, _since) = (liveness, isSuccessor, now);
        foreach (var trainer in trainers)
            Add(trainer);
    }

    /// <summary>Every trainer that ever was in the run.</summary>
    public IList<Member> Everybody => _everybody.Values;

    /// <summary>Silos that were declared dead and have not been heard of since.</summary>
    public int LostSilos => _lostSilos.Count;

    /// <summary>Every trainer in the run.</summary>
    public IEnumerable<Member> Members => _everybody.Values.Where(m => m.IsIn);

    /// <summary>Rounds that the furthest trainer has completed.</summary>
    public long HighestRound => Math.Max(0, Furthest.Round);

    /// <summary>How far the trainers that hold the state are, and whether the end of an epoch is behind it; round −1 when no trainer has one.</summary>
    public (long Round, bool Open) Furthest => _standings.Furthest;

    /// <summary>Trainers that slots may stay with: they hold the state, and are at the others' round or on their way to it.</summary>
    public IEnumerable<Member> Able =>
        _standings.AnyHolds
            ? Working(
                Members.Where(m =>
                    m is { HoldsState: true, MustCopy: false, IsStuckBehind: false, IsMissed: false }
                )
            )
            : Members.Where(m => m.HasState && m.Progress == Furthest); // nobody is left that they could catch up with

    /// <summary>Without trainers whose devices hang, unless no other is left. A coordinator that has just taken over has not dismissed them yet.</summary>
    private static IEnumerable<Member> Working(IEnumerable<Member> able) =>
        able.Any(m => !HungDevice.Is(m.Last)) ? able.Where(m => !HungDevice.Is(m.Last)) : able;

    /// <summary>Null for a stranger.</summary>
    public Member? Find(string trainer) => _byName.GetValueOrDefault(trainer);

    /// <summary>Every trainer of a silo that ever was in the run.</summary>
    public IReadOnlyList<Member> On(string silo) => _bySilo.TryGetValue(silo, out var members) ? members : [];

    /// <summary>Takes a heartbeat in; a new trainer is in the run from now on, and one that was out may be again.</summary>
    public void Note(Heartbeat heartbeat, DateTimeOffset now)
    {
        var member = Find(heartbeat.Trainer) ?? Add(heartbeat.Trainer);
        member.Note(heartbeat, now, HighestRound);
        _lostSilos.Remove(member.Silo);
        if (
            !member.IsIn
            && now >= member.BarredUntil
            && heartbeat.Stage != TrainerStage.Faulted
            && !HungDevice.Is(heartbeat)
        )
            member.Return();
        _standings.Place(member);
    }

    /// <summary>Membership declared a silo dead: its trainers are gone, whatever the last heartbeats said.</summary>
    public void Lose(string silo) => _lostSilos.Add(silo);

    /// <summary>Whom a trainer may copy the state from: the furthest that it does not call silent.</summary>
    public string? Source(Member member)
    {
        IReadOnlySet<string> silent = member.Last is { Silent: { IsEmpty: false } owing }
            ? owing.Select(s => PinnedKey.Silo(s.Key)).ToHashSet()
            : ImmutableHashSet<string>.Empty;
        return _standings.Source(member, silent)?.Trainer;
    }

    /// <summary>Whether it was heard a moment ago and can compute.</summary>
    public bool IsAlive(Member member, DateTimeOffset now) =>
        member is { Since: { } since, Last.Stage: not TrainerStage.Faulted }
        && now - since <= _liveness.Patience
        && !_lostSilos.Contains(member.Silo);

    /// <summary>Why a member has to go, also as a clause; null when it need not.</summary>
    public (DepartureCause Cause, string Reason)? ReasonToGo(Member member, DateTimeOffset now)
    {
        if (member.Last is { Stage: TrainerStage.Faulted } faulted)
            return (
                DepartureCause.Reported,
                faulted.Fault?.Message ?? "it reported a fault without a reason"
            );
        if (_lostSilos.Contains(member.Silo))
            return (DepartureCause.SiloDead, $"{member.Silo} was declared dead");
        if (HungDevice.Is(member.Last) && Members.Any(m => WaitsFor(m, member, now)))
            return (DepartureCause.Hung, HungDevice.Reason(member.Last!.Computing!));
        // Opening data and loading the native library may take long before the first heartbeat.
        var patience = member.Since is null && !_isSuccessor ? _liveness.Regroup : _liveness.Patience;
        var silence = now - (member.Since ?? _since);
        return silence > patience
            ? (
                DepartureCause.Silent,
                $"no heartbeat for {silence.TotalSeconds:F1} s, patience is {patience.TotalSeconds:F1} s"
            )
            : null;
    }

    /// <summary>Silos all of whose trainers say nothing while others have nothing to do but wait for them.</summary>
    /// <remarks>Not a departure: there is no quarantine, and the trainer is given slots again when it is heard of.</remarks>
    public IReadOnlySet<string> LookForMissed(DateTimeOffset now)
    {
        // Who is held up has just heartbeat, and so is none of those.
        var isAnyHeldUp = new Lazy<bool>(() => Members.Any(m => IsHeldUp(m, now)));
        var isAnyMissed = false;
        foreach (var member in Members)
        {
            if (
                member is { IsMissed: false, Since: { } since }
                && now - since > _liveness.Missed
                && isAnyHeldUp.Value
            )
                member.Miss();
            isAnyMissed |= member.IsMissed;
        }

        if (!isAnyMissed)
            return ImmutableHashSet<string>.Empty;
        return Members.GroupBy(m => m.Silo).Where(g => g.All(m => m.IsMissed)).Select(g => g.Key).ToHashSet();
    }

    /// <summary>Takes a member out of the run, for longer each time; what is long ago does not count.</summary>
    /// <param name="member">Whom.</param>
    /// <param name="cause">Why.</param>
    /// <param name="reason">The same as a clause.</param>
    /// <param name="now">The time.</param>
    /// <param name="report">The heartbeat that it reported a fault with.</param>
    /// <param name="atOnce">Whether the first time counts; else once is an accident.</param>
    /// <param name="mustCopy">Whether its state is not to be gone on from.</param>
    public Departure Dismiss(
        Member member,
        DepartureCause cause,
        string reason,
        DateTimeOffset now,
        Heartbeat? report = null,
        bool atOnce = false,
        bool mustCopy = false
    )
    {
        var times = member.Departures(now) - (atOnce ? 0 : 1);
        var quarantine =
            times < 0
                ? TimeSpan.Zero
                : TimeSpan.FromTicks(
                    Math.Min(
                        _liveness.Quarantine.Ticks << Math.Min(times, 20),
                        _liveness.LongestQuarantine.Ticks
                    )
                );
        member.Leave(reason, now, now + quarantine, mustCopy);
        _standings.Place(member);
        return new(member.Trainer, cause, reason, report?.Fault, quarantine) { Incident = report?.Incident };
    }

    /// <summary>Takes a member out whose state is wrong.</summary>
    /// <param name="member">Whom.</param>
    /// <param name="how">How it is known, as a clause that its state is the subject of.</param>
    /// <param name="now">The time.</param>
    public Departure DismissAsWrong(Member member, string how, DateTimeOffset now) =>
        Dismiss(
            member,
            DepartureCause.StateDiffers,
            $"MM4004 its state {how}",
            now,
            atOnce: true,
            mustCopy: true
        );

    /// <summary>Takes a member out of the run that was to go, and has handed over.</summary>
    public void HandOver(Member member)
    {
        member.HandOver();
        _standings.Place(member);
    }

    /// <summary>Ends quarantine, which is for when there are others.</summary>
    public void Recall(int trainers, DateTimeOffset now)
    {
        foreach (
            var barred in _everybody
                .Values.Where(m => !m.IsIn && IsAlive(m, now) && !HungDevice.Is(m.Last))
                .Take(trainers)
        )
        {
            barred.Return();
            _standings.Place(barred);
        }
    }

    /// <summary>Whether a member could go on with its device, and does not: nothing but the other one is in its way.</summary>
    private bool WaitsFor(Member member, Member other, DateTimeOffset now) =>
        member != other
        && IsAlive(member, now)
        && member is { HoldsState: true, Last.Computing: null }
        && member.Progress.CompareTo(other.Progress) >= 0;

    /// <summary>Whether it heartbeats, and says that it has come no further for two heartbeats and more, with its device idle.</summary>
    /// <remarks>Also one that is behind: what it waits for may be the other's segments.</remarks>
    private bool IsHeldUp(Member member, DateTimeOffset now) =>
        member is { HoldsState: true, Last.Computing: null }
        && now - member.Since <= _liveness.Missed
        && now - member.StandsSince >= 2 * _liveness.Beat;

    private Member Add(string trainer)
    {
        // A trainer that holds out for as long as it was kept out costs less by leaving once more than by being kept out again.
        var member = new Member(trainer, _liveness.Quarantine, _liveness.Beat);
        _everybody.Add(trainer, member);
        _byName.Add(trainer, member);
        if (!_bySilo.TryGetValue(member.Silo, out var neighbours))
            _bySilo.Add(member.Silo, neighbours = []);
        neighbours.Add(member);
        return member;
    }
}
