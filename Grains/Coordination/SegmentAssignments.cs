using MMOrleans.Grains.Placement;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Coordination;

/// <summary>Where a run's segments are averaged.</summary>
internal sealed class SegmentAssignments(string run, Roster roster)
{
    private ImmutableArray<string> _silos = [];

    /// <summary>Grain keys of the segments in force.</summary>
    public ImmutableArray<string> Keys { get; private set; } = [];

    /// <summary>Takes over what a coordinator before this one chose.</summary>
    public void Set(ImmutableArray<string> keys) =>
        (Keys, _silos) = (keys, [.. keys.Select(PinnedKey.Silo).Distinct()]);

    /// <summary>Moves segments away from silos that are gone or to be avoided.</summary>
    /// <param name="leases">A move is announced by a term of theirs.</param>
    /// <param name="avoid">Silos.</param>
    /// <param name="shun">Silos that none is to move to, while there are others.</param>
    /// <param name="all">Whether every segment is to be a new one.</param>
    public bool Move(SlotLeases leases, IReadOnlySet<string> avoid, IReadOnlySet<string> shun, bool all)
    {
        if (!all && avoid.Count == 0 && !Keys.IsEmpty && _silos.All(HasStayingMember))
            return false;
        var silos = roster
            .Members.Where(m => m.Last is not null)
            .Select(m => m.Silo)
            .Distinct()
            .Where(s => !avoid.Contains(s))
            .ToList();
        if (silos.Count == 0)
            return false;
        var staying = roster
            .Members.Where(m => !m.IsDraining)
            .Select(m => m.Silo)
            .Where(silos.Contains)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var count = Keys.IsEmpty
            ? SegmentPlan.Cut(roster.Members.Max(m => m.Last?.Elements ?? 0)).Count + 1 // and one for evaluations
            : Keys.Length;
        var usable = staying.Count > 0 ? staying : silos;
        var fit = usable.Where(s => !shun.Contains(s)).ToList();
        if (fit.Count == 0)
            fit = usable;
        var kept = all ? [] : Keys;
        if (!Keys.IsEmpty)
        {
            if (SegmentPlacement.Place(run, kept, count, long.MaxValue, usable, fit).SequenceEqual(Keys))
                return false;
            leases.BeginTerm();
        }

        Set(SegmentPlacement.Place(run, kept, count, leases.Term, usable, fit));
        return true;
    }

    private bool HasStayingMember(string silo)
    {
        foreach (var member in roster.On(silo))
            if (member is { IsIn: true, IsDraining: false, Last: not null })
                return true;
        return false;
    }
}
