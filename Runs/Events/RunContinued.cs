namespace MMOrleans.Runs.Events;

/// <summary>The run went on from a checkpoint, or from its beginning where there was none.</summary>
/// <param name="Checkpoint">Such as <c>epoch-0042</c>; null for the beginning.</param>
/// <param name="FromRound">Completed rounds there.</param>
/// <param name="ReachedRound">Completed rounds before it went back; those between are computed once more.</param>
/// <param name="Reason">As a clause, when nobody asked for it; null when its owner did.</param>
/// <param name="WaitedSeconds">Waiting until trainers were there.</param>
public sealed record RunContinued(
    string? Checkpoint,
    long FromRound,
    long ReachedRound,
    string? Reason,
    double WaitedSeconds
) : Incident;
