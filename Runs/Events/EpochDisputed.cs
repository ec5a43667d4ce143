namespace MMOrleans.Runs.Events;

/// <summary>Two trainers reported different numbers for the same epoch.</summary>
/// <param name="Completed">Completed epochs, that one included.</param>
public sealed record EpochDisputed(int Completed) : Incident;
