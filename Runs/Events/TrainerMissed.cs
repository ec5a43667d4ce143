namespace MMOrleans.Runs.Events;

/// <summary>A trainer that others waited for said nothing, and they compute its slots; it stays in the run.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
/// <param name="SilentSeconds">Since its last heartbeat.</param>
/// <param name="Slots">The slots it had, such as <c>2-3</c>.</param>
/// <param name="SlotCount">How many.</param>
/// <param name="Heirs">Who computes them.</param>
public sealed record TrainerMissed(
    string Trainer,
    double SilentSeconds,
    string Slots,
    int SlotCount,
    IReadOnlyList<string> Heirs
) : Incident;
