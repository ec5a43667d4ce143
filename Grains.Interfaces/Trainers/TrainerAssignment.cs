using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Interfaces.Trainers;

/// <summary>What a trainer is to train, and from where.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Specification">Canonical JSON.</param>
/// <param name="Settings">The rest.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="Checkpoint">Name of the checkpoint to start from; null for the initial state.</param>
/// <param name="ManifestHash">The data it must find.</param>
/// <param name="Joins">The run is under way: the state is copied from another trainer instead.</param>
/// <param name="Attempt">Names the run's start: a trainer in an earlier one begins anew.</param>
/// <param name="Trace">The span of the run's start in the form of the W3C's <c>traceparent</c>; null for none.</param>
/// <param name="WitnessRound">Its heartbeats are to say which state it had after this many rounds; null for none.</param>
[GenerateSerializer, Immutable, Alias("mm.TrainerAssignment")]
public sealed record TrainerAssignment(
    [property: Id(0)] string RunId,
    [property: Id(1)] string Specification,
    [property: Id(2)] RunSettings Settings,
    [property: Id(3)] string Folder,
    [property: Id(4)] string? Checkpoint,
    [property: Id(5)] string ManifestHash,
    [property: Id(6)] bool Joins = false,
    [property: Id(7)] string? Trace = null,
    [property: Id(8)] string Attempt = "",
    [property: Id(9)] long? WitnessRound = null
);
