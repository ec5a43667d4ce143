namespace MMOrleans.Bench.Mutation;

/// <summary>What became of a bug under schedules.</summary>
/// <param name="By">How it was found out; null where it was not.</param>
/// <param name="Schedules">How many were played, the one that found it out among them.</param>
/// <param name="Kind">The kind of the schedule that found it out.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="What">What was violated or thrown.</param>
internal sealed record Outcome(
    KilledBy? By,
    int Schedules,
    string? Kind = null,
    int? Seed = null,
    string? What = null
);
