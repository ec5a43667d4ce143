using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>Why a run is to train. All four go one way: open, ask for trainers, start.</summary>
internal abstract record RunIntent
{
    /// <summary>A client submitted it.</summary>
    public sealed record Submission(RunSubmission Asked, RunSpecification Specification) : RunIntent;

    /// <summary>A client wants it to go on.</summary>
    public sealed record Resumption(RunResumption Wish) : RunIntent;

    /// <summary>It waited, and its turn has come.</summary>
    public sealed record Turn : RunIntent;

    /// <summary>Nobody leads it, its state is lost, or nobody knows whose state is right.</summary>
    /// <param name="Reason">As a clause.</param>
    /// <param name="Dispute">The states that differ; null when the state is lost.</param>
    public sealed record Restart(string Reason, Dispute? Dispute) : RunIntent;
}
