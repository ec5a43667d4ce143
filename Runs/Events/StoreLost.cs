namespace MMOrleans.Runs.Events;

/// <summary>A store that the run lives beside does not answer, or takes nothing; training goes on.</summary>
/// <param name="Store">Such as <c>Redis</c>, or <c>the run's folder</c>.</param>
/// <param name="Cause">As a clause.</param>
public sealed record StoreLost(string Store, string Cause) : Incident;
