using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Coordination;

/// <summary>Who computes which slots, from which round on, and under which term.</summary>
/// <param name="slots">V.</param>
/// <param name="rounds">Of the run.</param>
/// <param name="roster">Whose leases they are.</param>
/// <param name="knownTerm">The newest term written down by a coordinator before this one; 0 for the first.</param>
/// <param name="fallback">Says who has which while the coordinator is silent.</param>
/// <param name="balance">Says when they had better be shared otherwise.</param>
/// <param name="identity">Tells this coordinator from another one that may lead at the same time.</param>
internal sealed class SlotLeases(
    int slots,
    long rounds,
    Roster roster,
    FallbackPlan fallback,
    SlotBalance balance,
    long knownTerm,
    long identity
)
{
    private const int IdentityBits = 20;

    private static readonly ImmutableDictionary<string, ImmutableArray<SlotRange>> None = ImmutableDictionary<
        string,
        ImmutableArray<SlotRange>
    >.Empty;

    private IReadOnlyDictionary<string, ImmutableArray<SlotRange>> _slots = None;
    private IReadOnlyDictionary<string, ImmutableArray<SlotRange>>? _slotsBefore; // until _fromRound
    private long _fromRound;
    private long _highestTermSeen = knownTerm;
    private LeaseSheet? _sheet;

    /// <summary>Term of the leases in force; 0 before the first.</summary>
    public long Term { get; private set; }

    /// <summary>Whether anybody has any.</summary>
    public bool Exist => _slots.Count > 0;

    /// <summary>Shares that are kept, of now and of before.</summary>
    public int Shares => _slots.Count + (_slotsBefore?.Count ?? 0);

    /// <summary>What a trainer computes; null before the first leases.</summary>
    public Lease? Of(string trainer, ImmutableArray<string> segments)
    {
        if (Term == 0)
            return null;
        var basis = new LeaseBasis(Term, _fromRound, _slots, _slotsBefore, segments);
        if (_sheet?.IsOf(basis) != true)
        {
            fallback.Draw(Term, _slotsBefore ?? _slots, segments);
            _sheet = new(basis, fallback);
        }

        return _sheet.Of(trainer);
    }

    /// <summary>Takes note of a term that somebody knows.</summary>
    public void See(long term) => _highestTermSeen = Math.Max(_highestTermSeen, term);

    /// <summary>Nobody computes anything.</summary>
    public void Drop()
    {
        _slots = None;
        AtOnce();
    }

    /// <summary>Takes over what the trainers of a coordinator before this one say they have.</summary>
    public void Continue(long term, IEnumerable<Member> ready) =>
        _slots = LeasePlan.Mend(
            slots,
            ready.ToDictionary(m => m.Trainer, m => m.Last!.Lease is { } l && l.Term == term ? l.Slots : [])
        );

    /// <summary>Shares the slots out.</summary>
    public void Share(IEnumerable<string> trainers) => _slots = LeasePlan.Share(slots, [.. trainers]);

    // Two coordinators may lead for a while. Their terms differ in the low bits, so that a lease of one never passes for one of the other.
    /// <summary>Whatever has changed is announced. The lowest bit is left to the fallback.</summary>
    public void BeginTerm() =>
        Term =
            ((Math.Max(Term, _highestTermSeen) >> IdentityBits) + 1 << IdentityBits)
            | ((identity << 1) & ((1L << IdentityBits) - 1));

    /// <summary>Whether rounds closed without this coordinator while it was silent: some who fell back are ahead of all who did not.</summary>
    public bool HasFallenBack
    {
        get
        {
            (long, bool)? fell = null;
            var (others, term) = ((-1L, false), Lease.FallbackTerm(Term));
            foreach (var member in roster.Members)
                if (!member.HoldsState)
                    continue;
                else if (member.Last!.Lease?.Term != term)
                    others = Further(others, member.Progress);
                else
                    fell = Further(fell ?? member.Progress, member.Progress);
            return fell?.CompareTo(others) > 0;
        }
    }

    /// <summary>Goes on with what the trainers have fallen back to.</summary>
    public void FallBack()
    {
        _slots = fallback.Shares;
        AtOnce();
        BeginTerm();
    }

    /// <summary>Another coordinator announced a newer term: the one that leads now must be heard over it.</summary>
    public bool Supersede()
    {
        if (_highestTermSeen <= Term)
            return false;
        if (_highestTermSeen != Lease.FallbackTerm(Term)) // its own plan says nothing against a handover under way
            AtOnce();
        BeginTerm();
        return true;
    }

    /// <summary>Whether a member that is to go has handed its slots over, or has nothing to hand over.</summary>
    public bool IsDrained(Member member) =>
        member is { IsDraining: true, Last.Stage: TrainerStage.Joining } || HasHandedOver(member);

    private bool HasHandedOver(Member member) =>
        member.IsDraining
        && Term > 0
        && _slots.GetValueOrDefault(member.Trainer, []).IsEmpty
        && roster.HighestRound > _fromRound
        // An older heartbeat may be of a life that is over: a trainer that takes over must have said so under the leases in force.
        && HasComeAbout(roster.Able.Where(m => !m.IsDraining).ToDictionary(m => m.Trainer));

    /// <summary>
    /// Gives orphaned slots to survivors at once, and shares anew, from a coming round on, with those who came, and among those who are
    /// not equally fast.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="ahead">Rounds from now on that a change is announced for, so that every heartbeat has carried it by then.</param>
    public bool Reallocate(DateTimeOffset now, long ahead)
    {
        var able = roster.Able.ToDictionary(m => m.Trainer);
        if (able.Count == 0)
            return false;
        var orphaned = _slots.Where(s => !s.Value.IsEmpty && !able.ContainsKey(s.Key)).ToList();
        if (orphaned.Count > 0)
        {
            foreach (var (trainer, _) in orphaned)
                roster.Find(trainer)!.Lapse(now);
            var heirs = able
                .Values.Where(m => !m.IsDraining && KeepsUp(m, ahead))
                .Select(m => m.Trainer)
                .ToHashSet();
            if (heirs.Count == 0)
                heirs = [.. able.Keys];
            _slots = LeasePlan.Mend(
                slots,
                able.Keys.ToDictionary(t => t, t => _slots.GetValueOrDefault(t, [])),
                heirs
            );
            AtOnce();
            BeginTerm();
            return true;
        }

        if (
            roster.HighestRound < _fromRound
            && _slotsBefore!.Any(s => !s.Value.IsEmpty && !able.ContainsKey(s.Key))
        )
        {
            // The trainers that were to compute until then are gone: the new holders begin at once.
            AtOnce();
            BeginTerm();
            return true;
        }

        if (!HasComeAbout(able))
            return false;
        var holders = _slots.Where(s => !s.Value.IsEmpty).Select(s => s.Key).ToHashSet();
        var staying = able.Values.Where(m => !m.IsDraining).ToList();
        var wanted = staying
            .Where(m => holders.Contains(m.Trainer) || (now >= m.SteadyAt && KeepsUp(m, ahead)))
            .ToList();
        if (wanted.Count == 0)
            wanted = staying; // those who are to go wait for somebody to take over, steady or not
        if (wanted.Count == 0 || roster.HighestRound + ahead >= rounds)
            return false;
        var everybodyHas =
            !holders.Any(h => able[h].IsDraining) && holders.Count >= Math.Min(slots, wanted.Count);
        var balanced = everybodyHas ? Balance(holders, now) : null;
        if (everybodyHas && balanced is null)
            return false;
        _slotsBefore = _slots;
        if (balanced is not null)
            _slots = LeasePlan.Share(slots, [.. holders.OrderBy(FirstSlot)], balanced);
        else
            Share(
                wanted
                    .OrderBy(m => FirstSlot(m.Trainer))
                    .ThenBy(m => m.Trainer, StringComparer.Ordinal)
                    .Select(m => m.Trainer)
            );
        _fromRound = roster.HighestRound + ahead;
        BeginTerm();
        return true;

        int FirstSlot(string trainer) =>
            _slotsBefore.GetValueOrDefault(trainer, []) is { IsEmpty: false } own
                ? own.Min(r => r.Start)
                : int.MaxValue;
    }

    /// <summary>How many slots each holder had better have; null to leave it.</summary>
    private IReadOnlyDictionary<string, int>? Balance(IEnumerable<string> holders, DateTimeOffset now)
    {
        var held = holders.ToDictionary(t => t, t => _slots[t].Sum(r => r.Length));
        var rates = held
            .Keys.Select(t => (Trainer: t, roster.Find(t)?.Last?.Status))
            .Where(t => t.Status is { ImagesPerSecond: > 0 } s && s.DataShare + s.ComputeShare > 0)
            // A second of its own work: what it waits for others says nothing of it.
            .ToDictionary(
                t => t.Trainer,
                t => t.Status!.ImagesPerSecond / (t.Status.DataShare + t.Status.ComputeShare)
            );
        return balance.Decide(now, held, rates);
    }

    /// <summary>Whether a trainer that is given slots from a coming round on will be there by then.</summary>
    private bool KeepsUp(Member member, long ahead) =>
        !member.IsBehind && member.Progress.Round + ahead >= roster.HighestRound;

    private static (long, bool) Further((long, bool) one, (long, bool) other) =>
        one.CompareTo(other) >= 0 ? one : other;

    private void AtOnce() => (_fromRound, _slotsBefore) = (0, null);

    /// <summary>
    /// Whether everybody who holds slots has heard of them and computes them: a lease names two shares, so that two changes on their way
    /// at once would leave slots to nobody.
    /// </summary>
    private bool HasComeAbout(Dictionary<string, Member> able) =>
        _slots
            .Where(s => !s.Value.IsEmpty)
            .All(s =>
                able.GetValueOrDefault(s.Key)?.Last is { } heartbeat
                && heartbeat.Lease?.Term == Term
                && heartbeat.Round >= _fromRound
            );
}
