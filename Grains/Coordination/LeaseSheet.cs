using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Coordination;

/// <summary>The leases of all trainers while nothing changes, each made once: every heartbeat is answered with one.</summary>
/// <param name="basis">What they follow from.</param>
/// <param name="fallback">Of the same term.</param>
internal sealed class LeaseSheet(LeaseBasis basis, FallbackPlan fallback)
{
    private readonly Dictionary<string, Lease> _made = [];
    private readonly string? _writer = LeasePlan.Writer(basis.Slots);
    private readonly string? _writerBefore = basis.Before is null ? null : LeasePlan.Writer(basis.Before);

    /// <summary>Whether leases still follow from the same.</summary>
    public bool IsOf(LeaseBasis now) => basis == now;

    /// <summary>A trainer's lease.</summary>
    public Lease Of(string trainer)
    {
        if (!_made.TryGetValue(trainer, out var lease))
            _made.Add(trainer, lease = Make(trainer));
        return lease;
    }

    private Lease Make(string trainer) =>
        new(
            basis.Term,
            basis.Slots.GetValueOrDefault(trainer, []),
            trainer == _writer,
            basis.Segments,
            basis.FromRound,
            basis.Before is null
                ? null
                : new(basis.Before.GetValueOrDefault(trainer, []), trainer == _writerBefore),
            fallback.Of(trainer)
        );
}

/// <summary>What leases follow from. Two are equal only if they hold the same tables, which nobody changes.</summary>
/// <param name="Term">Of the leases.</param>
/// <param name="FromRound">The first round of <paramref name="Slots"/>.</param>
/// <param name="Slots">Shares from then on.</param>
/// <param name="Before">Shares until then; null for none.</param>
/// <param name="Segments">Grain keys.</param>
internal readonly record struct LeaseBasis(
    long Term,
    long FromRound,
    IReadOnlyDictionary<string, ImmutableArray<SlotRange>> Slots,
    IReadOnlyDictionary<string, ImmutableArray<SlotRange>>? Before,
    ImmutableArray<string> Segments
);
