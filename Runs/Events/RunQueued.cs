namespace MMOrleans.Runs.Events;

/// <summary>The run waits for trainers, or waits for others than before.</summary>
/// <param name="WaitingFor">What it lacks, as a clause: <c>wanted 2 trainers, have 0</c>.</param>
/// <param name="HeldBy">Who has them, or comes first, as a clause; empty when there is nothing to say.</param>
public sealed record RunQueued(string WaitingFor, string HeldBy) : Incident;
