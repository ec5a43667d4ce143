namespace MMOrleans.Runs.Events;

/// <summary>A stretch of training ended.</summary>
/// <param name="Status"><c>finished</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Code">Of the error catalogue, when it failed; null otherwise.</param>
public sealed record RunEnded(string Status, string? Code) : Incident;
