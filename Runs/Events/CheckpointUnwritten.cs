namespace MMOrleans.Runs.Events;

/// <summary>A checkpoint could not be written; training went on.</summary>
/// <param name="Checkpoint">Such as <c>epoch-0042</c>.</param>
/// <param name="Code">Of the error catalogue.</param>
/// <param name="Cause">What the operating system said, and of which path.</param>
/// <param name="Fix">What to do.</param>
public sealed record CheckpointUnwritten(string Checkpoint, string Code, string Cause, string Fix) : Incident;
