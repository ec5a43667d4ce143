using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>The leases that trainers take by themselves when their coordinator does not answer and their rounds make no progress: those without its silo.</summary>
/// <remarks>There is one plan a term, sent with the term's leases, so that all trainers fall back to the same one. A trainer that falls back alone changes no bit.</remarks>
/// <param name="run">The run's id.</param>
/// <param name="home">The coordinator's silo; null for no plan.</param>
/// <param name="slots">V.</param>
/// <param name="roster">Whose leases they are.</param>
internal sealed class FallbackPlan(string run, string? home, int slots, Roster roster)
{
    private long _term;
    private string? _writer;
    private IReadOnlyList<string> _firstTwo = [];

    /// <summary>Slots of each trainer; empty when there is no plan.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<SlotRange>> Shares { get; private set; } =
        ImmutableDictionary<string, ImmutableArray<SlotRange>>.Empty;

    /// <summary>Grain keys of the segments.</summary>
    public ImmutableArray<string> Segments { get; private set; } = [];

    /// <summary>Draws up the plan of a term, once.</summary>
    /// <param name="term">The term.</param>
    /// <param name="shares">Slots that are computed when it begins.</param>
    /// <param name="segments">Its segments.</param>
    public void Draw(
        long term,
        IReadOnlyDictionary<string, ImmutableArray<SlotRange>> shares,
        ImmutableArray<string> segments
    )
    {
        if (term == _term)
            return;
        _term = term;
        var able = roster.Able.Where(m => m.Silo != home && !m.IsDraining).ToList();
        // One without slots may lag behind, and what it lacks may be on the silo that is silent.
        var holders = able.Where(m => !shares.GetValueOrDefault(m.Trainer, []).IsEmpty).ToList();
        var heirs = holders.Count > 0 ? holders : able;
        Shares =
            home is null || shares.Count == 0
                ? ImmutableDictionary<string, ImmutableArray<SlotRange>>.Empty
                : LeasePlan.Mend(
                    slots,
                    heirs.ToDictionary(m => m.Trainer, m => shares.GetValueOrDefault(m.Trainer, []))
                );
        _writer = LeasePlan.Writer(Shares);
        _firstTwo = [.. Shares.Keys.Order(StringComparer.Ordinal).Take(2)];
        Segments =
            Shares.Count == 0
                ? []
                : SegmentPlacement.Place(
                    run,
                    segments,
                    segments.Length,
                    Lease.FallbackTerm(term),
                    SilosOf(able),
                    SilosOf(heirs) // whose loss would begin a term, and so another plan
                );
    }

    /// <summary>A trainer's part of the plan; null when there is none.</summary>
    public FallbackLease? Of(string trainer) =>
        Shares.Count == 0
            ? null
            : new(
                new(Shares.GetValueOrDefault(trainer, []), trainer == _writer),
                Segments,
                _firstTwo.FirstOrDefault(other => other != trainer)
            );

    private static List<string> SilosOf(IEnumerable<Member> members) =>
        [.. members.Select(m => m.Silo).Distinct().Order(StringComparer.Ordinal)];
}
