namespace MMOrleans.Grains.Coordination;

/// <summary>How far the trainers are that have a state of the run, the furthest first.</summary>
/// <remarks>
/// Kept as each of them changes: every heartbeat's answer says who is furthest and whom to copy from, and a thousand trainers cannot be
/// looked through two thousand times a second.
/// </remarks>
internal sealed class Standings
{
    private static readonly (long, bool) Nowhere = (-1, true);

    private readonly Dictionary<Member, Standing> _known = [];
    private readonly SortedSet<Standing> _furthestFirst = [];

    /// <summary>Whether a trainer computes, or could.</summary>
    public bool AnyHolds => First is { Holds: true };

    /// <summary>Completed work of the furthest of those that compute; where none does, of those that have a state. Round −1 when nobody has.</summary>
    public (long Round, bool Open) Furthest => First?.Progress ?? Nowhere;

    private Standing? First => _furthestFirst.Min;

    /// <summary>Takes note of a trainer that has changed.</summary>
    public void Place(Member member)
    {
        var before = _known.GetValueOrDefault(member);
        if (before is not null && before.Is(member))
            return;
        if (before is not null)
            _furthestFirst.Remove(before);
        if (member is { HoldsState: false, HasState: false })
        {
            _known.Remove(member);
            return;
        }

        var now = new Standing(member, member.HoldsState, member.Progress);
        _known[member] = now;
        _furthestFirst.Add(now);
    }

    /// <summary>Whom a trainer may copy the state from: the furthest on another silo than those, or else the furthest of all; of equals the first by name.</summary>
    /// <param name="copier">Who copies.</param>
    /// <param name="silent">Silos that it hears nothing from.</param>
    public Member? Source(Member copier, IReadOnlySet<string> silent)
    {
        if (First is not { } first)
            return null;
        if (IsSource(first.Member) && !silent.Contains(first.Member.Silo))
            return first.Member;
        Member? other = null;
        foreach (var standing in _furthestFirst)
        {
            if (standing.Holds != first.Holds)
                break; // has an old state only, while others compute
            if (!IsSource(standing.Member))
                continue;
            if (!silent.Contains(standing.Member.Silo))
                return standing.Member;
            other ??= standing.Member;
        }

        return other;

        bool IsSource(Member member) => member != copier && !member.MustCopy;
    }

    private sealed record Standing(Member Member, bool Holds, (long Round, bool Open) Progress)
        : IComparable<Standing>
    {
        /// <summary>Whether it says what is so.</summary>
        public bool Is(Member member) =>
            Holds == member.HoldsState && Progress == member.Progress && (Holds || member.HasState);

        public int CompareTo(Standing? other)
        {
            if (other is null)
                return -1;
            if (Holds != other.Holds)
                return Holds ? -1 : 1;
            var further = other.Progress.CompareTo(Progress);
            return further != 0 ? further : string.CompareOrdinal(Member.Trainer, other.Member.Trainer);
        }
    }
}
