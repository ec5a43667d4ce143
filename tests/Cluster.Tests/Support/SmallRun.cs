using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>A run small enough for a test, with the DRW switch in it.</summary>
internal static class SmallRun
{
    public const string Id = "r-test01";

    private static readonly SemaphoreSlim Once = new(1, 1);
    private static readonly Dictionary<int, string> Hashes = [];

    public static RunSpecification Specification { get; } =
        new()
        {
            Epochs = 2,
            BatchSize = 32,
            Slots = 4,
            LocalSteps = 1,
            Dataset = new()
            {
                Name = "synthetic",
                Mean = [0.5, 0.5, 0.5],
                StandardDeviation = [0.25, 0.25, 0.25],
                CropPadding = 2,
                Flip = false,
            },
            Imbalance = new() { Kind = "counts", Counts = [40, 35, 30, 25, 20, 15, 10, 8, 6, 5] },
            Method = new()
            {
                Name = "mm-drw",
                Loss = "mm",
                Scale = 30,
                DeltaMinus = 0.6,
                DeltaRatio = 1.5,
                Reweight = Reweighting.Deferred,
                DeferEpoch = 1,
            },
            Model = new() { Architecture = "resnet8", Head = "normalised" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 1, Milestones = [1] },
        };

    /// <summary>A run of so many epochs.</summary>
    /// <param name="epochs">2 or more.</param>
    /// <param name="switchEpoch">Where the switch is; null for the middle.</param>
    public static RunSpecification Of(int epochs, int? switchEpoch = null)
    {
        var at = switchEpoch ?? epochs / 2;
        return Specification with
        {
            Epochs = epochs,
            Method = Specification.Method with { DeferEpoch = at },
            Schedule = new() { WarmupEpochs = 1, Milestones = [at] },
        };
    }

    /// <summary>Rounds of an epoch.</summary>
    public static int RoundsPerEpoch { get; } =
        (Specification.Imbalance.Counts!.Sum() + Specification.BatchSize - 1) / Specification.BatchSize;

    /// <summary>State of the run when one process computes it; computed once a test run.</summary>
    public static async Task<string> HashOfOneProcessAsync(int epochs = 2)
    {
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!Hashes.TryGetValue(epochs, out var hash))
                Hashes.Add(epochs, hash = (await TrainInThisProcessAsync(Of(epochs))).StateSha256!);
            return hash;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>A run's end after some of its rounds, when one process computes it.</summary>
    public static Task<RunSnapshot> ReplayAsync(RunSpecification specification, long rounds) =>
        TrainInThisProcessAsync(specification, rounds);

    /// <summary>Images of the first rounds of a run, each counted once.</summary>
    public static long ImagesOf(long rounds)
    {
        var epoch = Specification.Imbalance.Counts!.Sum();
        return rounds / RoundsPerEpoch * epoch
            + Math.Min(rounds % RoundsPerEpoch * Specification.BatchSize, epoch);
    }

    /// <summary>Asks until somebody answers.</summary>
    public static async Task AskAsync(Func<Task> question, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(patience);
        while (true)
        {
            try
            {
                await question();
                return;
            }
            catch (Exception exception)
                when (exception is TimeoutException or Orleans.Runtime.OrleansException)
            {
                await Task.Delay(200, limit.Token);
            }
        }
    }

    /// <summary>Sends the run off.</summary>
    public static Task<IRunGrain> SubmitAsync(
        IGrainFactory grains,
        int trainers,
        string id = Id,
        int epochs = 2
    ) => SubmitAsync(grains, trainers, Of(epochs), id);

    /// <inheritdoc cref="SubmitAsync(IGrainFactory, int, string, int)"/>
    /// <param name="grains">The cluster's.</param>
    /// <param name="trainers">Fewest to go on with.</param>
    /// <param name="specification">What it computes.</param>
    /// <param name="id">Its id.</param>
    /// <param name="rounds">End after so many; null for all.</param>
    public static async Task<IRunGrain> SubmitAsync(
        IGrainFactory grains,
        int trainers,
        RunSpecification specification,
        string id = Id,
        long? rounds = null
    )
    {
        var run = grains.GetGrain<IRunGrain>(id);
        var answer = await run.SubmitAsync(
            new(
                id,
                SpecificationDocument.Write(specification),
                new()
                {
                    Name = "test",
                    MinTrainers = trainers,
                    RoundLimit = rounds,
                }
            )
        );
        Assert.Null(answer.Fault);
        return run;
    }

    /// <summary>Watches a run until it has ended; an answer that does not come is asked for again.</summary>
    public static async Task<RunSnapshot> EndAsync(IRunGrain run, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(patience);
        var cursor = 0L;
        while (true)
        {
            try
            {
                var update = await run.WatchAsync(cursor, TimeSpan.FromSeconds(5), limit.Token);
                cursor = update.Cursor;
                if (update.State is RunStatus.Finished or RunStatus.Stopped or RunStatus.Failed)
                    return await run.GetStatusAsync(limit.Token);
            }
            catch (Exception exception)
                when (exception is TimeoutException or Orleans.Runtime.OrleansException)
            {
                await Task.Delay(200, limit.Token);
            }
        }
    }

    private static async Task<RunSnapshot> TrainInThisProcessAsync(
        RunSpecification specification,
        long? rounds = null
    )
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 1,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );
        var run = await SubmitAsync(cluster.Grains, trainers: 1, specification, rounds: rounds);
        var status = await EndAsync(run, TimeSpan.FromMinutes(40));
        Assert.Equal(RunStatus.Finished, status.State);
        return status;
    }
}
