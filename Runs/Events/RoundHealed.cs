namespace MMOrleans.Runs.Events;

/// <summary>The first round after the loss of a trainer was completed: others had computed its slots.</summary>
/// <param name="Trainer">Who was lost.</param>
/// <param name="Slots">How many slots were computed by others in its place.</param>
/// <param name="Heirs">By whom.</param>
/// <param name="Seconds">From the notice of the loss until then.</param>
public sealed record RoundHealed(string Trainer, int Slots, IReadOnlyList<string> Heirs, double Seconds)
    : Incident;
