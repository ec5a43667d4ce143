namespace MMOrleans.Runs.Events;

/// <summary>A trainer's process did not run for a while, by its own clock.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
/// <param name="Seconds">How long.</param>
public sealed record TrainerStalled(string Trainer, double Seconds) : Incident;
