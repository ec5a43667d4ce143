using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers;

/// <summary>Makes the session of a trainer in a run.</summary>
internal sealed class TrainingSessionFactory(
    IGrainFactory grains,
    TrainingDataCache data,
    IOptions<LivenessOptions> liveness,
    TimeProvider clock,
    TrainingTelemetry telemetry,
    ClientPaths paths,
    CheckpointPlaces places,
    VectorTransport transport,
    ILogger<TrainingSession> logger
)
{
    /// <exception cref="FaultException">MM3003: the run's folder is not where this silo keeps runs.</exception>
    public TrainingSession Create(TrainerAssignment assignment, TrainingDevice device) =>
        new(
            Confined(paths, assignment),
            device,
            new(grains, data, liveness.Value, clock, telemetry, places, transport, logger)
        );

    /// <summary>
    /// The same with the run's folder where it really is. Checkpoints are written there, and a trainer's caller may not choose any folder of its
    /// machine: the place that was judged is the one that is written to, since a link may be another one by then.
    /// </summary>
    internal static TrainerAssignment Confined(ClientPaths paths, TrainerAssignment assignment) =>
        assignment with
        {
            Folder = paths.Resolve(assignment.Folder, "the run's folder"),
        };
}

/// <summary>What every session of a silo uses.</summary>
internal sealed record SessionServices(
    IGrainFactory Grains,
    TrainingDataCache Data,
    LivenessOptions Liveness,
    TimeProvider Clock,
    TrainingTelemetry Telemetry,
    CheckpointPlaces Places,
    VectorTransport Transport,
    ILogger Logger
);
