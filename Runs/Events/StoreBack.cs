namespace MMOrleans.Runs.Events;

/// <summary>A store that was away is back.</summary>
/// <param name="Store">Such as <c>Redis</c>, or <c>the run's folder</c>.</param>
/// <param name="Seconds">How long it was away.</param>
/// <param name="Rounds">Rounds that the run completed meanwhile.</param>
public sealed record StoreBack(string Store, double Seconds, long Rounds) : Incident;
