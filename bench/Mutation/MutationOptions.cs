namespace MMOrleans.Bench.Mutation;

/// <summary>What to plant, and how long to look for it.</summary>
/// <param name="Schedules">Most schedules a mutant.</param>
/// <param name="Mutants">How many of those that the syntax gives; the named ones come on top.</param>
/// <param name="Time">After which no more are played.</param>
/// <param name="Workers">Processes at a time.</param>
/// <param name="Seed">Draws the sample.</param>
/// <param name="Only">Part of the name of those that are planted; null for all.</param>
/// <param name="Results">A file that each outcome is added to as it comes, a line each; null for none.</param>
internal sealed record MutationOptions(
    int Schedules,
    int Mutants,
    TimeSpan Time,
    int Workers,
    int Seed,
    string? Only,
    string? Results
);
