using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>Checkpoints are written beside the rounds: one that fails is told, and the next one is written.</summary>
public sealed class CheckpointSaverTests : IDisposable
{
    private const string Run = "r-test01";

    private static readonly StateLayout Layout = new([
        new StateEntry("conv1.weight", [2, 3], 0, StateKind.Parameter),
        new StateEntry("bn1.running_mean", [2], 0, StateKind.Buffer),
    ]);

    private readonly TemporaryFolder _folder = new();
    private readonly TrainingTelemetry _telemetry = new(TimeProvider.System, new RunsHere());
    private readonly RunDouble _run = RunDouble.Create();
    private readonly Queue<EpochResult> _told = [];
    private readonly EpochReporter _reporter;
    private bool _isAway;
    private TaskCompletionSource? _hold;

    public CheckpointSaverTests() =>
        _reporter = new(
            async epoch =>
            {
                if (_isAway)
                    throw new TimeoutException();
                if (_hold is { } hold)
                    await hold.Task;
                _told.Enqueue(epoch);
                return null;
            },
            TimeSpan.FromSeconds(5),
            TimeProvider.System,
            NullLogger.Instance
        );

    public void Dispose()
    {
        _telemetry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task AReportThatIsRefusedIsToldAgainWithTheNextAndEveryCheckpointIsWritten()
    {
        _run.Refusals.Enqueue(new IOException("Stale file handle"));
        var saver = await SaverAsync();

        saver.Begin(Copy(round: 7), term: 1);
        saver.Begin(Copy(round: 14), term: 1);
        await saver.FlushAsync();

        Assert.Equal(["epoch-0001", "epoch-0002"], Written());
        Assert.Equal(["epoch-0001", "epoch-0002"], _run.Reports.Select(report => report.Name));
    }

    public static TheoryData<Exception> Refusals =>
        [
            new IOException("Unable to read data from the transport connection"),
            new TaskCanceledException("The operation was canceled.", new TimeoutException()),
            new OperationCanceledException("The operation was canceled."),
            new InvalidOperationException("a fault of ours"),
            new InsufficientMemoryException(),
            new FaultException("MM5004", "bucket b did not answer s3:PutObject", "see that the store runs"),
        ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task AStoreThatThrowsWhateverItMayIsToldAsAFaultAndTheNextCheckpointIsTried(
        Exception refusal
    )
    {
        var saver = await SaverAsync(place: "s3://bucket", new Stores(refusal));

        saver.Begin(Copy(round: 7), term: 1);
        saver.Begin(Copy(round: 14), term: 1);
        await saver.FlushAsync();

        Assert.Equal(["epoch-0001", "epoch-0002"], Written());
        Assert.Equal(["epoch-0001", "epoch-0002"], _run.Reports.Select(report => report.Name));
        Assert.All(_run.Reports, report => Assert.NotNull(report.Fault));
        Assert.All(
            _run.Reports,
            report => Assert.Contains(refusal.Message.Split('\n')[0].TrimEnd('.'), report.Fault!.Message)
        );
    }

    /// <summary>A store that is slower than the rounds must not fill the memory with states.</summary>
    [Fact]
    public async Task SlowStoreKeepsNoStateInMemory()
    {
        var store = new SlowStore();
        var saver = await SaverAsync(place: "s3://bucket", store);

        for (var epoch = 1; epoch <= 6; epoch++)
        {
            saver.Begin(Copy(round: 7 * epoch), term: 1);
            var name = $"epoch-{epoch:D4}";
            await WhenAsync(() => Written().Contains(name));
        }

        Assert.Empty(_run.Reports);
        store.Answers.SetResult();
        await saver.FlushAsync();
        Assert.Equal(Enumerable.Range(1, 6).Select(e => $"epoch-{e:D4}"), _run.Reports.Select(r => r.Name));
        Assert.All(_run.Reports, report => Assert.Null(report.Fault));
        Assert.Equal(6, store.Keys.Count(key => key.EndsWith("checkpoint.json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CheckpointThatWasPrunedBeforeItsTurnIsNotUploadedAndNoFault()
    {
        var store = new SlowStore();
        var saver = await SaverAsync(place: "s3://bucket", store);
        saver.Begin(Copy(round: 7), term: 1);
        saver.Begin(Copy(round: 14), term: 1);
        await WhenAsync(() => Written().Count() == 2);
        Directory.Delete(_folder["checkpoints", "epoch-0002"], recursive: true);

        store.Answers.SetResult();
        await saver.FlushAsync();

        Assert.DoesNotContain(store.Keys, key => key.Contains("epoch-0002", StringComparison.Ordinal));
        Assert.All(_run.Reports, report => Assert.Null(report.Fault));
    }

    /// <summary>Two wait at most; what comes then is told as not written.</summary>
    [Fact]
    public async Task SlowDiskKeepsTwoStatesInMemory()
    {
        _hold = new();
        _reporter.Add(Epoch(1));
        _reporter.Begin(); // a write waits for it, as for a disk that hangs
        var saver = await SaverAsync();

        for (var epoch = 1; epoch <= 5; epoch++)
            saver.Begin(Copy(round: 7 * epoch), term: 1);
        _hold.SetResult();
        await saver.FlushAsync();

        Assert.Equal(["epoch-0001", "epoch-0002", "epoch-0003"], Written());
        Assert.Equal(
            ["epoch-0004 MM5003", "epoch-0005 MM5003"],
            _run.Reports.Where(r => r.Fault is not null).Select(r => $"{r.Name} {r.Fault!.Code}").Order()
        );
    }

    private static async Task WhenAsync(Func<bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task EpochsThatTheRunCouldNotBeToldOfGoWithTheCheckpointUntilItsRound()
    {
        _isAway = true;
        for (var epoch = 1; epoch <= 3; epoch++)
            _reporter.Add(Epoch(epoch));
        _reporter.Begin();
        var saver = await SaverAsync();

        var report = await saver.SaveAsync(Copy(round: 14), term: 1);

        Assert.Equal([1, 2], Untold(report.Name)!.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public async Task EpochsThatTheRunIsBeingToldOfAreWaitedForAndNotKept()
    {
        _reporter.Add(Epoch(1));
        _reporter.Begin();
        var saver = await SaverAsync();

        var report = await saver.SaveAsync(Copy(round: 7), term: 1);

        Assert.Null(Untold(report.Name));
        Assert.DoesNotContain(
            "untold",
            await File.ReadAllTextAsync(
                _folder["checkpoints", report.Name, "state.json"],
                TestContext.Current.CancellationToken
            )
        );
    }

    private IReadOnlyList<EpochResult>? Untold(string name) =>
        new CheckpointStore(_folder["checkpoints"]).Find(name).Load(Layout).Progress.UntoldEpochs;

    private static EpochResult Epoch(int number) =>
        new()
        {
            Epoch = number,
            Round = 7 * number,
            Phase = "main",
            LearningRate = 0.1,
            TrainLoss = 1,
            TrainAccuracy = 0,
        };

    private IEnumerable<string> Written() =>
        new CheckpointStore(_folder["checkpoints"])
            .List()
            .Where(entry => entry.Damage() is null)
            .Select(entry => entry.Name)
            .Order();

    private async Task<CheckpointSaver> SaverAsync(string? place = null, IObjectStores? stores = null)
    {
        var specification = LocalRun.Specification();
        var data = await new TrainingDataCache().OpenAsync(specification, null);
        return new(
            new TrainerAssignment(
                Run,
                SpecificationDocument.Write(specification),
                new()
                {
                    Name = "test",
                    Checkpoints = new() { Place = place },
                },
                _folder.Path,
                Checkpoint: null,
                ManifestHash: ""
            ),
            "local/t0",
            specification.Seed,
            Layout,
            new RunPlan(specification, drawsPerEpoch: 194),
            data,
            _reporter,
            new(
                _run.Grains,
                new TrainingDataCache(),
                new LivenessOptions(),
                TimeProvider.System,
                _telemetry,
                new CheckpointPlaces(
                    stores ?? new Stores(new NotSupportedException()),
                    null,
                    isConfined: false
                ),
                Transport: null!, // a saver gives no vector to anybody
                Logger: NullLogger.Instance
            )
        );
    }

    private static StateCopy Copy(long round) =>
        new(
            new(new(round, Closing: false), Hash: 1, default, double.NaN),
            [1, 2, 3, 4, 5, round],
            new float[6],
            [1, 2]
        );

    private sealed class Stores(Exception refusal) : IObjectStores
    {
        public IObjectStore Open(ObjectStoreAddress address)
        {
            var store = DispatchProxy.Create<IObjectStore, Refusing>();
            ((Refusing)(object)store).Refusal = refusal;
            return store;
        }
    }

    private sealed class SlowStore : IObjectStores, IObjectStore
    {
        private readonly ConcurrentDictionary<string, bool> _keys = [];

        public TaskCompletionSource Answers { get; } = new();

        public ICollection<string> Keys => _keys.Keys;

        public IObjectStore Open(ObjectStoreAddress address) => this;

        public async Task<IReadOnlyList<StoredObject>> ListAsync(
            string prefix,
            CancellationToken cancellationToken
        )
        {
            await Answers.Task;
            return [];
        }

        public Task<bool> ReadAsync(string key, Stream into, CancellationToken cancellationToken) =>
            Task.FromResult(false);

        public Task<bool> WriteAsync(
            string key,
            string file,
            bool onlyIfAbsent,
            CancellationToken cancellationToken
        ) => Task.FromResult(_keys.TryAdd(key, true));

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public class Refusing : DispatchProxy
    {
        public Exception Refusal { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw Refusal;
    }
}
