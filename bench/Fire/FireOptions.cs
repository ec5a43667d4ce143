namespace MMOrleans.Bench.Fire;

/// <summary>What is played.</summary>
/// <param name="Time">How long faults happen, calm stretches not counted.</param>
/// <param name="Every">From one fault to the next.</param>
/// <param name="Calm">Before and after each stretch of faults.</param>
/// <param name="Kinds">Which happen.</param>
/// <param name="Seed">Of the plan.</param>
/// <param name="Silos">One trainer each.</param>
/// <param name="Replays">Whether one process computes the rounds once more, to compare the state.</param>
/// <param name="Logs">Where the silos' logs and the run's events are kept; null for nowhere.</param>
internal sealed record FireOptions(
    TimeSpan Time,
    TimeSpan Every,
    TimeSpan Calm,
    IReadOnlyList<FaultKind> Kinds,
    int Seed,
    int Silos,
    bool Replays,
    string? Logs
);
