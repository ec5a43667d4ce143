using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Grains.Clusters;

/// <inheritdoc cref="IClusterGrain"/>
/// <remarks><see cref="DescribeAsync"/> interleaves: it waits for silos, reads the ledger before that, and changes nothing.</remarks>
internal sealed partial class ClusterGrain(
    [PersistentState("cluster")] IPersistentState<ClusterLedger> ledger,
    ClusterMembers members,
    RunCatalogue runs,
    TimeProvider clock,
    ILogger<ClusterGrain> logger
) : Grain, IClusterGrain
{
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(2);

    private readonly Askers _askers = new(clock);
    private bool _isUnwritten; // the store refused what has changed

    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken) =>
        new(
            SiloFacts.ThisVersion,
            await SiloTransports.AddAsync(
                members.Silos(ledger.State),
                silo => GrainFactory.GetGrain<ITransportGrain>($"{silo}/transport").ListAsync()
            )
        );

    public Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(runs.List().Select(run => run.Id).ToImmutableArray());

    public Task<ImmutableArray<TrainerDescription>> ListTrainersAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Trainers());

    public async Task<Allotment> AllotAsync(TrainerRequest request, CancellationToken cancellationToken)
    {
        var state = ledger.State;
        var run = request.RunId;
        _askers.Note(run);
        var isShorter = await DropTheSilentAsync();
        // A queued run's folder may have been removed: one that does not ask lets others pass.
        var waiting = state.Queue.Values.Where(w => _askers.HasAsked(w.RunId, Askers.QueuePatience));
        var allotment = TrainerAllotment.Decide(request, Trainers(), [.. waiting]);
        var news = allotment.Trainers.Where(t => state.RunOf.GetValueOrDefault(t.Trainer) != run).ToList();
        foreach (var trainer in news)
            state.RunOf[trainer.Trainer] = run;
        var moved =
            allotment.Trainers.IsEmpty && request.Claim == TrainerClaim.Queued
                ? state.Queue.TryAdd(
                    run,
                    new(run, request.MinTrainers, request.Priority, request.Since, request.Fingerprint)
                )
                : !allotment.Trainers.IsEmpty && state.Queue.Remove(run);
        if (moved || news.Count > 0 || isShorter)
            await WriteAsync();
        else if (_isUnwritten)
            await CatchUpAsync();
        if (allotment.Trainers.IsEmpty)
            foreach (var quiet in _askers.ToWake(state))
                _ = WakeAsync(quiet);
        return allotment;
    }

    public async Task ReleaseAsync(string runId, CancellationToken cancellationToken)
    {
        if (Drop(runId) || _isUnwritten)
            await WriteAsync();
    }

    /// <summary>Frees the trainers and places in the queue of runs that have been silent for long and have no coordinator; one that has may only be cut off from here.</summary>
    /// <returns>Whether the ledger has changed.</returns>
    private async Task<bool> DropTheSilentAsync()
    {
        var changed = false;
        var silent = _askers.Silent(ledger.State);
        foreach (var (run, isOver) in silent.Zip(await Task.WhenAll(silent.Select(IsOverAsync))))
            if (isOver)
            {
                LogDropped(run);
                changed |= Drop(run);
            }
            else
                _askers.Note(run); // asked for again in a while

        return changed;
    }

    /// <summary>A run that ended, and died before it had said so here, releases its trainers when it is woken. Not waited for: it calls back.</summary>
    private async Task WakeAsync(string run)
    {
        try
        {
            await GrainFactory.GetGrain<IRunGrain>(run).WakeAsync();
        }
#pragma warning disable CA1031 // It may have no folder, or be cut off: its silence counts on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogAsleep(exception, run);
        }
    }

    private async Task<bool> IsOverAsync(string run)
    {
        try
        {
            return !await GrainFactory
                .GetGrain<ICoordinatorGrain>(run)
                .IsLeadingAsync()
                .WaitAsync(LeaderPatience, clock);
        }
#pragma warning disable CA1031 // Without an answer it is not known to be over, and the run that asks for trainers must not fail with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogUnknown(exception, run);
            return false;
        }
    }

    private bool Drop(string run)
    {
        var held = ledger.State.RunOf.Where(t => t.Value == run).Select(t => t.Key).ToList();
        foreach (var trainer in held)
            ledger.State.RunOf.Remove(trainer);
        _askers.Forget(run);
        return ledger.State.Queue.Remove(run) || held.Count > 0;
    }

    public async Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken)
    {
        var all = members.Silos(ledger.State);
        if (all.FirstOrDefault(s => s.Name == silo) is not { } leaving)
            return new(IsKnown: false, IsDone: false, []);
        if (ledger.State.Drained.Add(leaving.Address))
        {
            ledger.State.Drained.IntersectWith(all.Select(s => s.Address));
            await WriteAsync();
            LogDraining(silo);
        }

        var busy = new List<string>();
        var left = new List<string>();
        foreach (var run in leaving.Trainers.Where(t => t.RunId.Length > 0).GroupBy(t => t.RunId))
        {
            var still = await GrainFactory
                .GetGrain<ICoordinatorGrain>(run.Key)
                .DrainAsync(silo, leaving.Address, cancellationToken);
            busy.AddRange(still);
            left.AddRange(run.Select(t => t.Trainer).Except(still));
        }

        foreach (var trainer in left)
            ledger.State.RunOf.Remove(trainer);
        if (left.Count > 0 || _isUnwritten)
            await WriteAsync();
        return new(IsKnown: true, IsDone: busy.Count == 0, [.. busy]);
    }

    private ImmutableArray<TrainerDescription> Trainers() =>
        [.. members.Silos(ledger.State).Where(s => s.Status == "active").SelectMany(s => s.Trainers)];

    /// <summary>What the store refused before; the run that asks now has changed nothing and need not fail with it.</summary>
    private async Task CatchUpAsync()
    {
        try
        {
            await WriteAsync();
        }
#pragma warning disable CA1031 // Whatever a store throws when it is away: the next one who asks tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogUnwritten(exception);
        }
    }

    private async Task WriteAsync()
    {
        _isUnwritten = true;
        try
        {
            await ledger.WriteStateAsync();
            _isUnwritten = false;
        }
        catch (Orleans.Storage.InconsistentStateException)
        {
            // Another activation leads: this one must not answer from what it remembers.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} is draining: it gets no new slots")]
    private partial void LogDraining(string silo);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run} has not asked for its trainers for 45 s and has no coordinator: its trainers are free again"
    )]
    private partial void LogDropped(string run);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run} has not asked for its trainers for 45 s; whether it is led is not known, so it keeps them"
    )]
    private partial void LogUnknown(Exception exception, string run);

    [LoggerMessage(
        LogLevel.Debug,
        "Run {Run}, which holds trainers and does not ask for them, could not be woken"
    )]
    private partial void LogAsleep(Exception exception, string run);

    [LoggerMessage(
        LogLevel.Warning,
        "The cluster's ledger could not be stored; the next request tries again"
    )]
    private partial void LogUnwritten(Exception exception);
}
