using System.Collections.Immutable;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests;

/// <summary>Values that do not matter to a test.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 1, 5, 10, 41, 7, TimeSpan.Zero);

    public static RunSpecification Specification(string method = "mm-drw", long seed = 1) =>
        new()
        {
            Seed = seed,
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
                Name = method,
                Loss = method == "erm" ? "ce" : "mm",
                Reweight = Reweighting.Deferred,
                DeferEpoch = 160,
            },
            Model = new() { Architecture = "resnet32", Head = "normalised" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 5, Milestones = [160, 180] },
        };

    public static RunSnapshot Status(RunStatus state = RunStatus.Running) =>
        new()
        {
            RunId = "r-7f3k9q",
            State = state,
            Settings = new() { Name = "c10-lt100-mm", Preset = "cifar10-lt-100" },
            Specification = SpecificationDocument.Write(Specification()),
            Folder = "./runs/r-7f3k9q",
            ClassCounts = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],
            ClassNames =
            [
                "airplane",
                "automobile",
                "bird",
                "cat",
                "deer",
                "dog",
                "frog",
                "horse",
                "ship",
                "truck",
            ],
            Created = Time,
            Progress = Progress(),
        };

    public static RunProgress Progress() =>
        new()
        {
            Epoch = 171,
            Epochs = 200,
            RoundOfEpoch = 61,
            RoundsPerEpoch = 97,
            Round = (170 * 97) + 61,
            Rounds = 200 * 97,
            Phase = "deferred",
            Loss = 0.412,
            LearningRate = 0.001,
            GradientNorm = 1.8,
            ImagesPerSecond = 486,
            Elapsed = new TimeSpan(1, 12, 44),
            Left = new TimeSpan(0, 12, 31),
            Trainers =
            [
                new(
                    "silo-0/t0",
                    "cuda:0",
                    TrainerStage.Training,
                    [new(0, 2)],
                    16551,
                    243,
                    0.263,
                    0.02,
                    0.81,
                    0.15,
                    0.02
                ),
                new(
                    "silo-1/t0",
                    "cuda:0",
                    TrainerStage.Training,
                    [new(2, 4)],
                    16551,
                    243,
                    0.263,
                    0.02,
                    0.80,
                    0.15,
                    0.03
                ),
            ],
        };

    public static EpochResult Epoch(int epoch, double accuracy = 0.779, double few = 0.719) =>
        new EpochResult
        {
            Epoch = epoch,
            Round = epoch * 97,
            Phase = epoch <= 160 ? "main" : "deferred",
            LearningRate = 0.001,
            TrainLoss = 0.4121,
            TrainAccuracy = 0.9,
            Counts = new([0.9, 0.91, 0.8, 0.7, 0.75, 0.77, 0.8, 0.79, 0.661, 0.72], [], null, null),
            Images = 12406,
            Seconds = 25.5,
            ImagesPerSecond = 486,
        }
            .With("test_loss", 0.7)
            .With("accuracy", accuracy)
            .With("many", 0.825)
            .With("medium", 0.778)
            .With("few", few)
            .With("top5", 0.98);

    public static ImmutableArray<EpochResult> Epochs(int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(e => Epoch(e, 0.3 + (0.4 * e / count), 0.1 + (0.5 * e / count))),
        ];

    public static RunUpdate Update(
        RunStatus state = RunStatus.Running,
        IEnumerable<EpochResult>? epochs = null,
        IEnumerable<RunEvent>? events = null,
        RunProgress? progress = null
    ) => new(1, state, progress ?? Progress(), [.. epochs ?? []], [.. events ?? []]);

    public static RunEvent Event(string kind, string message) => new(Time, kind, message, 170, 16490);
}
