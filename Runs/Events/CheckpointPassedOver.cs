namespace MMOrleans.Runs.Events;

/// <summary>A checkpoint could not be used, so that an older one was.</summary>
/// <param name="Checkpoint">Such as <c>epoch-0042</c>.</param>
/// <param name="Damage">What is wrong with it.</param>
public sealed record CheckpointPassedOver(string Checkpoint, string Damage) : Incident;
