using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using Orleans.Runtime;

namespace MMOrleans.Bench.Fire;

/// <summary>The run that is shot at, and the same one in a single process.</summary>
internal static class FireRun
{
    public const string Id = "r-fire01";

    /// <summary>Images of a round, and so many for each bare loop as a trainer has on average.</summary>
    public const int Batch = 48;

    private const int PerClass = 192;
    private const int CheckpointEpochs = 10;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>More epochs than there is time for.</summary>
    public static RunSpecification Specification { get; } =
        BenchSpecification.Of("synthetic", "resnet32", slots: 4, Batch, PerClass, epochs: 100_000);

    public static async Task<IRunGrain> SubmitAsync(IGrainFactory grains, int trainers, long? rounds = null)
    {
        var run = grains.GetGrain<IRunGrain>(Id);
        var answer = await run.SubmitAsync(
            new(
                Id,
                SpecificationDocument.Write(Specification),
                new()
                {
                    Name = "fire",
                    MinTrainers = trainers,
                    MaxTrainers = trainers,
                    TensorBoard = false,
                    RoundLimit = rounds,
                    Checkpoints = new CheckpointPolicy { EveryEpochs = CheckpointEpochs },
                }
            )
        );
        return answer.Fault is { } fault
            ? throw new InvalidOperationException($"{fault.Code}: {fault.Message}")
            : run;
    }

    /// <summary>Asks until somebody answers.</summary>
    public static async Task<T> AskAsync<T>(
        Func<Task<T>> question,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (true)
        {
            try
            {
                return await question();
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                await Task.Delay(AskAgain, limit.Token);
            }
        }
    }

    /// <summary>Stops it after the round that is under way.</summary>
    public static async Task<RunSnapshot> StopAsync(
        IRunGrain run,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        await AskAsync(() => run.StopAsync(now: false, "measured"), patience, cancellationToken);
        return await EndAsync(run, patience, cancellationToken);
    }

    /// <summary>State after so many rounds, computed by one process with as many trainers as are quick here.</summary>
    public static async Task<string> ReplayAsync(long rounds, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = Math.Min(2, Environment.ProcessorCount),
                Device = "cpu",
            },
            cancellationToken
        );
        var run = await SubmitAsync(cluster.Grains, trainers: 1, rounds);
        var end = await EndAsync(run, TimeSpan.FromHours(4), cancellationToken);
        return end is { State: RunStatus.Finished, StateSha256: { } state }
            ? state
            : throw new InvalidOperationException($"the run in one process: {end.State} {end.Fault}");
    }

    private static async Task<RunSnapshot> EndAsync(
        IRunGrain run,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (true)
        {
            var status = await AskAsync(() => run.GetStatusAsync(limit.Token), patience, limit.Token);
            if (status.State is RunStatus.Finished or RunStatus.Stopped or RunStatus.Failed)
                return status;
            await Task.Delay(AskAgain, limit.Token);
        }
    }
}
