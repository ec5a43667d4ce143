namespace MMOrleans.Bench.Mutation;

/// <summary>Why a mutant survives.</summary>
internal enum Verdict
{
    /// <summary>It is the same protocol, written otherwise.</summary>
    Equivalent,

    /// <summary>It gives the same bits and the same end, later or with more messages or memory.</summary>
    Slower,

    /// <summary>It changes what people are told, and nothing else.</summary>
    Words,

    /// <summary>No schedule has what it takes to show it.</summary>
    Unreached,

    /// <summary>It is wrong, and no property says so.</summary>
    Hole,
}
