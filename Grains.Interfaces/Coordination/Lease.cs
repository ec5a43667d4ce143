using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>Which slots a trainer computes, under which term, and where the averaging happens.</summary>
/// <param name="Term">Orders leases: a newer one replaces an older one.</param>
/// <param name="Slots">Few aligned blocks; empty for a spare.</param>
/// <param name="Writes">Whether this trainer writes the checkpoints and reports the epochs.</param>
/// <param name="Segments">Grain key of every segment, in order of the vector; the last one gathers evaluations.</param>
/// <param name="FromRound">The slots are this trainer's from this round on; until then those of <paramref name="Before"/> are. The segments are at once.</param>
/// <param name="Before">What it computes in rounds before <paramref name="FromRound"/>; null when there are none.</param>
/// <param name="Fallback">What the trainer takes by itself when its coordinator does not answer and its round makes no progress; null when every trainer is on the coordinator's silo.</param>
[GenerateSerializer, Immutable, Alias("mm.Lease")]
public sealed record Lease(
    [property: Id(0)] long Term,
    [property: Id(1)] ImmutableArray<SlotRange> Slots,
    [property: Id(2)] bool Writes,
    [property: Id(3)] ImmutableArray<string> Segments,
    [property: Id(4)] long FromRound = 0,
    [property: Id(5)] SlotShare? Before = null,
    [property: Id(6)] FallbackLease? Fallback = null
)
{
    /// <summary>Term of the fallback of a term.</summary>
    public static long FallbackTerm(long term) => term + 1;

    /// <summary>The fallback as a lease, in force at once; what the trainer had until then is kept for people. Null without one.</summary>
    public Lease? Fallen() =>
        Fallback is { } fallback
            ? new(
                FallbackTerm(Term),
                fallback.Share.Slots,
                fallback.Share.Writes,
                fallback.Segments,
                Before: At(long.MaxValue)
            )
            : null;

    /// <summary>Slots that a coordinator gave: of a fallback those that the trainer had before it took it.</summary>
    public ImmutableArray<SlotRange> Given => IsFallback && Before is { } before ? before.Slots : Slots;

    private bool IsFallback => (Term & 1) == 1; // coordinators use even terms

    /// <summary>What is this trainer's in a round.</summary>
    public SlotShare At(long round) => round < FromRound && Before is not null ? Before : new(Slots, Writes);
}
