using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Coordination;

/// <summary>What a review decided.</summary>
/// <param name="Departures">Trainers that are out of the run, and why.</param>
/// <param name="LeasesChanged">A new term was begun: write it down, then let heartbeats announce it.</param>
/// <param name="End">The run's end; null while it goes on.</param>
/// <param name="Restart">Nobody is left to go on from; null while somebody is.</param>
/// <param name="Rest">Everybody is to go and nobody to come: the trainer whose state is to be checkpointed before they do; null otherwise.</param>
internal sealed record CoordinationDecision(
    IReadOnlyList<Departure> Departures,
    bool LeasesChanged,
    CoordinationEnd? End,
    CoordinationRestart? Restart = null,
    string? Rest = null
);

/// <summary>Why a run has to go back to its newest checkpoint.</summary>
/// <param name="Reason">As a clause.</param>
/// <param name="Dispute">The states that differ without a majority; null when the state is lost.</param>
internal sealed record CoordinationRestart(string Reason, Dispute? Dispute = null);

/// <summary>A trainer that left, and why.</summary>
/// <param name="Trainer">Who.</param>
/// <param name="Cause">Why.</param>
/// <param name="Reason">The same as a clause.</param>
/// <param name="Fault">What it reported.</param>
/// <param name="Quarantine">How long it is kept out at least.</param>
internal sealed record Departure(
    string Trainer,
    DepartureCause Cause,
    string Reason,
    Fault? Fault = null,
    TimeSpan Quarantine = default
)
{
    /// <summary>The same as the fault, for programs.</summary>
    public Incident? Incident { get; init; }
}

/// <summary>How a run ends; <c>Saver</c> holds the state to be checkpointed first, null for nobody.</summary>
internal sealed record CoordinationEnd(
    RunStatus State,
    long Round,
    string? StateSha256,
    Fault? Fault,
    string? Saver = null
)
{
    /// <summary>The same as the fault, for programs.</summary>
    public Incident? Incident { get; init; }
}
