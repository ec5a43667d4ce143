using System.Text.Json;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Tests;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Tests;

/// <summary>A folder of runs that a test writes, as a source of runs that nobody trains unless the test says so.</summary>
internal sealed class SomeRuns : IRunSource, IDisposable
{
    public static readonly DateTimeOffset Time = new(2026, 1, 5, 10, 41, 7, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();

    public SomeRuns() => Runs = new(Path.Combine(_folder.Path, "runs"));

    public RunCatalogue Runs { get; }

    public HashSet<string> Live { get; } = [];

    /// <summary>Null for a folder.</summary>
    public IClusterGrain? Cluster { get; set; }

    public CancellationToken Stopping => _stopping.Token;

    public bool IsLive(RunRecord record) => Live.Contains(record.Id);

    /// <summary>Answers for every run that is live; null for nobody.</summary>
    public IRunGrain? Grain { get; set; }

    public Task<IRunGrain?> FindAsync(string runId, CancellationToken cancellationToken) =>
        Task.FromResult(Grain);

    public Task ForgetAsync(string runId, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A run of three classes with re-weighting after 160 of 200 epochs, some of which are done.</summary>
    public RunFolder Write(string id = "r-7f3k9q", int epochs = 200, DateTimeOffset? created = null)
    {
        var folder = Runs.Folder(id);
        folder.Create(
            Record(id, epochs, created ?? Time),
            "version: 1  # from built in\nname: some  # from --name\ntrain:\n  epochs: 200  # from preset tiny\n  batch_size: 128 # from run.yaml:3:15\n"
        );
        for (var epoch = 1; epoch <= epochs; epoch++)
            MetricsCsv.Append(folder.Metrics, Row(epoch));
        Tell(folder, 0, epochs);
        return folder;
    }

    /// <summary>Tells that it was started when it was submitted.</summary>
    public static void Begin(RunFolder folder) => Tell(folder, new() { Time = Time, Event = "started" });

    /// <summary>Tells of an image that cannot be read.</summary>
    public static void LeaveOut(RunFolder folder, string image) =>
        Tell(
            folder,
            new()
            {
                Time = Time,
                Event = "warning",
                Fields = new(new ImagesLeftOut(1, image).ToFields()),
            }
        );

    private static void Tell(RunFolder folder, EventRecord happened)
    {
        using var log = new EventLog(folder.Events);
        log.Append(happened);
    }

    /// <summary>Adds epochs to the timeline.</summary>
    public static void Tell(RunFolder folder, int from, int to)
    {
        using var log = new EventLog(folder.Events);
        for (var epoch = from + 1; epoch <= to; epoch++)
            log.Append(
                new()
                {
                    Time = Time + TimeSpan.FromSeconds(25.5 * epoch),
                    Event = "epoch",
                    Key = $"epoch-{epoch}",
                    Epoch = epoch,
                    Round = epoch * 97,
                    Message = $"epoch {epoch}",
                }
            );
    }

    /// <summary>Completes one more epoch, as a run's grain does it: row, record, timeline.</summary>
    public static void Complete(RunFolder folder, int epoch)
    {
        MetricsCsv.Append(folder.Metrics, Row(epoch));
        (RunRecord.Read(folder.Record) with { Epoch = epoch, Round = epoch * 97, Last = Row(epoch) }).Write(
            folder.Record
        );
        Tell(folder, epoch - 1, epoch);
    }

    public static RunRecord Record(string id, int epochs, DateTimeOffset created)
    {
        var specification = Specification();
        return new()
        {
            Id = id,
            Name = "some <b>run</b>",
            Status = RunStatus.Finished,
            Specification = JsonSerializer.Deserialize<JsonElement>(
                SpecificationDocument.Write(specification)
            ),
            SpecificationSha256 = SpecificationDocument.Hash(specification),
            Settings = new() { Name = "some" },
            Created = created,
            Ended = created + TimeSpan.FromHours(1),
            ClassCounts = [5000, 50, 500],
            ClassNames = ["airplane", "<i>truck</i>", "bird"],
            ClassAccuracy = [0.9, 0.6, 0.75],
            Confusion = [90, 5, 5, 20, 60, 20, 5, 20, 75],
            Margins = Margins(epochs, 8),
            MarginsBefore = Margins(160, 0),
            Epochs = 200,
            Epoch = epochs,
            Rounds = 200 * 97,
            Round = epochs * 97,
            Best = epochs > 0 ? Row(Math.Min(epochs, 168)) : null,
            Last = epochs > 0 ? Row(epochs) : null,
            Trainers = [new("local/t0", "cpu"), new("local/t1", "cpu")],
        };
    }

    public static EpochResult Row(int epoch) =>
        new EpochResult
        {
            Epoch = epoch,
            Round = epoch * 97,
            Phase = epoch > 160 ? "deferred" : "main",
            LearningRate = 0.1,
            TrainLoss = 2.0 / epoch,
            TrainAccuracy = 0.9,
            Images = 12406,
            SampleSum = ulong.MaxValue,
            ImagesPerSecond = 486,
            Seconds = 25.5,
        }
            .With("test_loss", 3.0 / epoch)
            .With("accuracy", 0.5 + (0.001 * Math.Min(epoch, 168)))
            .With("many", 0.9)
            .With("medium", 0.75)
            .With("few", 0.6)
            .With("worst_class", 0.6)
            .With("ece", 0.0625)
            .With("data_seconds", 1)
            .With("forward_seconds", 4)
            .With("backward_seconds", 8)
            .With("exchange_seconds", 2)
            .With("wait_seconds", 1)
            .With("apply_seconds", 1)
            .With("evaluate_seconds", 3);

    public void Stop() => _stopping.Cancel();

    public void Dispose()
    {
        _stopping.Cancel();
        _folder.Dispose();
        _stopping.Dispose();
    }

    private static RunSpecification Specification() =>
        new()
        {
            Seed = 1,
            Epochs = 200,
            BatchSize = 128,
            Dataset = new()
            {
                Name = "cifar10",
                Mean = [0.5, 0.5, 0.5],
                StandardDeviation = [0.25, 0.25, 0.25],
            },
            Imbalance = new() { Kind = "exp", Ratio = 100 },
            Method = new()
            {
                Name = "mm-drw",
                Loss = "mm",
                Reweight = Reweighting.Deferred,
                DeferEpoch = 160,
            },
            Model = new() { Architecture = "resnet32", Head = "normalised" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 5, Milestones = [160, 180] },
        };

    private static MarginRecord Margins(int epoch, int shift)
    {
        return new(epoch, 2, Hump(108), Hump(98), Hump(86));

        IReadOnlyList<long> Hump(int centre) =>
            [.. Enumerable.Range(0, 162).Select(i => Math.Max(0L, 10 - Math.Abs(i - centre - shift)))];
    }
}
