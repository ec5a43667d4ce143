namespace MMOrleans.Bench.Mutation;

/// <summary>A mutant and what became of it.</summary>
/// <param name="Mutant">The bug.</param>
/// <param name="Outcome">Whether and how it was found out.</param>
internal sealed record PlayedMutant(Mutant Mutant, Outcome Outcome)
{
    public bool IsKilled => Outcome.By is not null;
}
