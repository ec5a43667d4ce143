namespace MMOrleans.Bench.Mutation;

/// <summary>How a bug was found out.</summary>
internal enum KilledBy
{
    /// <summary>A schedule's property was violated.</summary>
    Violation,

    /// <summary>The protocol threw.</summary>
    Exception,

    /// <summary>One schedule computed for longer than any does.</summary>
    TimeOut,

    /// <summary>Its process ended: no memory left, or a stack that overflowed.</summary>
    Crash,
}
