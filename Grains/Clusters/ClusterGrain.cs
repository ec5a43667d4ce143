using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Grains.Clusters;

/// <inheritdoc cref="IClusterGrain"/>
internal sealed partial class ClusterGrain(
    [PersistentState("cluster")] IPersistentState<ClusterLedger> ledger,
    ClusterMembers members,
    RunCatalogue runs,
    TimeProvider clock,
    ILogger<ClusterGrain> logger
) : Grain, IClusterGrain
{
    private static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, long> _askedAt = []; // timestamps
    private readonly long _since = clock.GetTimestamp();

    public Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ClusterDescription(SiloFacts.ThisVersion, members.Silos(ledger.State)));

    public Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(runs.List().Select(run => run.Id).ToImmutableArray());

    public Task<ImmutableArray<TrainerDescription>> ListTrainersAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Trainers());

    public async Task<Allotment> AllotAsync(TrainerRequest request, CancellationToken cancellationToken)
    {
        var state = ledger.State;
        var run = request.RunId;
        _askedAt[run] = clock.GetTimestamp();
        var allotment = TrainerAllotment.Decide(request, Trainers(), [.. state.Queue.Values.Where(Asks)]);
        var news = allotment.Trainers.Where(t => state.RunOf.GetValueOrDefault(t.Trainer) != run).ToList();
        foreach (var trainer in news)
            state.RunOf[trainer.Trainer] = run;
        var moved =
            allotment.Trainers.IsEmpty && request.Claim == TrainerClaim.Queued
                ? state.Queue.TryAdd(run, new(run, request.MinTrainers, request.Priority, request.Since))
                : !allotment.Trainers.IsEmpty && state.Queue.Remove(run);
        if (moved || news.Count > 0)
            await WriteAsync();
        return allotment;
    }

    public async Task ReleaseAsync(string runId, CancellationToken cancellationToken)
    {
        var held = ledger.State.RunOf.Where(t => t.Value == runId).Select(t => t.Key).ToList();
        foreach (var trainer in held)
            ledger.State.RunOf.Remove(trainer);
        _askedAt.Remove(runId);
        if (ledger.State.Queue.Remove(runId) || held.Count > 0)
            await WriteAsync();
    }

    /// <summary>Whether somebody still asks for a queued run: its folder may have been removed.</summary>
    private bool Asks(WaitingRun waiting) =>
        clock.GetElapsedTime(_askedAt.GetValueOrDefault(waiting.RunId, _since)) < QueuePatience;

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
        if (left.Count > 0)
            await WriteAsync();
        return new(IsKnown: true, IsDone: busy.Count == 0, [.. busy]);
    }

    private ImmutableArray<TrainerDescription> Trainers() =>
        [.. members.Silos(ledger.State).Where(s => s.Status == "active").SelectMany(s => s.Trainers)];

    private async Task WriteAsync()
    {
        try
        {
            await ledger.WriteStateAsync();
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
}
