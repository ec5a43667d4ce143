using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Runs.Life;
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

    /// <summary>Leads them.</summary>
    public ICoordinatorGrain Coordinator => grains.GetGrain<ICoordinatorGrain>(run);

    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(0);

    /// <summary>Asks the cluster for as many as the run may have.</summary>
    /// <remarks>Not to be given up: once trainers are asked for, a run is begun or it is not, whether its client stays or not.</remarks>
    public Task<Allotment> AskAsync(LifeEffect.Ask ask)
    {
        var (least, most) = Wanted(ask.Claim, ask.Settings, ask.Slots);
        return Cluster.AllotAsync(
            new(run, least, most, ask.Claim, ask.Settings.Priority, ask.Since, ask.Fingerprint)
        );
    }

    /// <summary>Others may have them.</summary>
    public Task ReleaseAsync() => Cluster.ReleaseAsync(run);

    /// <summary>Starts their coordinator, and tells each what to do.</summary>
    /// <param name="start">What.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="trace">Span of the run's start; null for none.</param>
    public async Task StartAsync(LifeEffect.Start start, string folder, string? trace)
    {
        var (life, rounds) = (start.Run, start.Run.Settings.RoundLimit ?? long.MaxValue);
        await Coordinator.StartAsync(
            new(
                [.. start.Trainers.Select(t => t.Trainer)],
                life.Specification.Slots,
                start.MinTrainers,
                Math.Min(life.Record.Rounds, rounds),
                life.Stretch.Attempt,
                start.Dispute
            )
        );
        _sent = Assignment(life, folder, trace) with
        {
            Checkpoint = start.From.Checkpoint,
            WitnessRound = start.Dispute?.Round,
        };
        // All at once: each that has died takes the time of a call to find out.
        await Task.WhenAll(start.Trainers.Select(t => SendAsync(t.Trainer, _sent)));
    }

    /// <summary>Tells one that has come, or come back, to take part.</summary>
    /// <param name="trainer">Which.</param>
    /// <param name="life">The run as it is by now.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="trace">Span of the run's start; null for none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public Task BringInAsync(
        string trainer,
        LifeState.Live life,
        string folder,
        string? trace,
        CancellationToken cancellationToken
    )
    {
        // While the run starts it may be the only one there is: it gets the checkpoint, as the others did.
        var assignment =
            life is LifeState.Starting && _sent is not null
                ? _sent
                : (_sent ?? Assignment(life, folder, trace)) with
                {
                    Joins = true,
                    Checkpoint = null,
                };
        return grains.GetGrain<ITrainerGrain>(trainer).StartAsync(assignment, cancellationToken);
    }

    private async Task SendAsync(string trainer, TrainerAssignment assignment)
    {
        try
        {
            await grains.GetGrain<ITrainerGrain>(trainer).StartAsync(assignment);
        }
        catch (Exception exception) when (exception is not FaultException)
        {
            // Its silo has just died, or has another process by now: the coordinator misses its heartbeats, and it is brought in later.
            LogUnsent(exception, run, trainer);
        }
    }

    private TrainerAssignment Assignment(LifeState.Live life, string folder, string? trace) =>
        new(
            run,
            SpecificationDocument.Write(life.Specification),
            life.Settings,
            folder,
            Checkpoint: null,
            life.Record.DataManifestHash ?? "",
            Trace: trace,
            Attempt: life.Stretch.Attempt
        );

    [LoggerMessage(LogLevel.Warning, "Run {Run}: could not start {Trainer}; it is brought in later")]
    private partial void LogUnsent(Exception exception, string run, string trainer);
}
