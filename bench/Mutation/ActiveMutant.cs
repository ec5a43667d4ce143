namespace MMOrleans.Bench.Mutation;

/// <summary>Which of the mutants compiled into one assembly is played; 0 is the protocol itself. Used by what <see cref="Schemata"/> writes.</summary>
internal static class ActiveMutant
{
    public static int Number { get; set; }
}
