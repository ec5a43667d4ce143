using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>The trainers of one run: asked for, sent out, brought in later, let go.</summary>
internal sealed partial class RunTrainers(string run, IGrainFactory grains, ILogger logger)
{
    private TrainerAssignment? _sent;

    /// <summary>The least and the most trainers that a run asks for.</summary>
    /// <param name="claim">What has begun goes on with one.</param>
    /// <param name="settings">The owner's wish; a most of 0 is one for each slot.</param>
    /// <param name="slots">V: more trainers than that would have nothing to do, unless the owner wants to wait for them.</param>
    public static (int Least, int Most) Wanted(TrainerClaim claim, RunSettings settings, int slots) =>
        (
            claim == TrainerClaim.Begun ? 1 : settings.MinTrainers,
            settings.MaxTrainers == 0
                ? slots
                : Math.Min(settings.MaxTrainers, Math.Max(slots, settings.MinTrainers))
        );

    /// <summary>Asks the cluster for as many as the run may have.</summary>
    public Task<Allotment> AskAsync(
        TrainerClaim claim,
        RunSettings settings,
        RunSpecification specification,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var (least, most) = Wanted(claim, settings, specification.Slots);
        return Cluster.AllotAsync(new(run, least, most, claim, settings.Priority, since), cancellationToken);
    }

    /// <summary>Others may have them.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        Cluster.ReleaseAsync(run, cancellationToken);

    /// <summary>Tells each what to do.</summary>
    public async Task SendAsync(
        IEnumerable<TrainerDescription> trainers,
        TrainerAssignment assignment,
        CancellationToken cancellationToken
    )
    {
        _sent = assignment;
        foreach (var trainer in trainers.Select(t => t.Trainer))
        {
            try
            {
                await grains.GetGrain<ITrainerGrain>(trainer).StartAsync(assignment, cancellationToken);
            }
            catch (Exception exception) when (Unreachable.Is(exception))
            {
                // Its silo has just died: the coordinator will miss its beats, and it is brought in when it is back.
                LogUnsent(exception, run, trainer);
            }
        }
    }

    /// <summary>Tells one that has come, or come back, to take part.</summary>
    /// <param name="trainer">Which.</param>
    /// <param name="isStarting">While the run starts it may be the only one there is: it gets the checkpoint, as the others did.</param>
    /// <param name="unknown">The assignment, where this life of the run's grain has sent none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public Task BringInAsync(
        TrainerDescription trainer,
        bool isStarting,
        Func<TrainerAssignment> unknown,
        CancellationToken cancellationToken
    )
    {
        var assignment =
            isStarting && _sent is not null
                ? _sent
                : (_sent ?? unknown()) with
                {
                    Joins = true,
                    Checkpoint = null,
                };
        return grains.GetGrain<ITrainerGrain>(trainer.Trainer).StartAsync(assignment, cancellationToken);
    }

    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(0);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: could not reach {Trainer} to start it")]
    private partial void LogUnsent(Exception exception, string run, string trainer);
}
