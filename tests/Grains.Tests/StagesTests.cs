using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Grains.Tests;

/// <summary>Invariant I1 where a run has two stages, of its own or of two runs.</summary>
public class StagesTests
{
    private const string First = "r-first1";
    private const string Second = "r-second";

    [Fact]
    public async Task StagedRunIsTheSameFromAnyCheckpointOnAnyTrainers()
    {
        using var folder = new TemporaryFolder();
        var specification = Staged();
        var whole = await LocalRun.TrainAsync(folder.Path, specification, trainers: 2, First, KeepAll);

        Assert.Equal(["pretraining", "pretraining", "main", "deferred"], whole.Epochs.Select(e => e.Phase));
        Assert.Equal([true, true, false, false], whole.Epochs.Select(e => e.Accuracy is null));
        Assert.Equal((4, 28), (whole.Progress.Epochs, whole.Progress.Rounds));
        // Fresh where the stages meet, and not where none do.
        Assert.Equal(
            [(1, true), (2, false), (3, true)],
            ((int[])[1, 2, 3]).Select(epoch => (epoch, Momentum(folder.Path, First, epoch).Any(v => v != 0)))
        );
        foreach (var (epoch, trainers) in ((int, int)[])[(1, 3), (2, 1)])
        {
            var resumed = await LocalRun.ResumeAsync(
                folder.Path,
                trainers,
                First,
                CheckpointName.OfEpoch(epoch)
            );
            Assert.Equal(whole.StateSha256, resumed.StateSha256);
            Assert.Equal(
                whole.Epochs.Select(e => (e.Epoch, e.Phase, e.TrainLoss, e.Accuracy, e.SampleSum)),
                resumed.Epochs.Select(e => (e.Epoch, e.Phase, e.TrainLoss, e.Accuracy, e.SampleSum))
            );
        }
    }

    [Fact]
    public async Task StagedRunThatAveragesParametersIsTheSameOnAnyTrainers()
    {
        List<string?> hashes = [];
        foreach (var trainers in (int[])[1, 3])
        {
            using var folder = new TemporaryFolder();
            var run = await LocalRun.TrainAsync(folder.Path, Staged() with { LocalSteps = 3 }, trainers);
            hashes.Add(run.StateSha256);
        }

        Assert.Single(hashes.Distinct());
    }

    [Theory]
    [InlineData("crt")]
    [InlineData("lws")]
    [InlineData("balanced-meta-softmax")]
    public async Task SecondStageIsTheSameOnAnyTrainersAndKeepsTheBackbonesBits(string method)
    {
        using var folder = new TemporaryFolder();
        await LocalRun.TrainAsync(folder.Path, Plain, trainers: 2, First);
        var specification = SecondStage(folder.Path, method);

        var one = await LocalRun.TrainAsync(folder.Path, specification, 1, Second, FromFirst);
        var three = await LocalRun.TrainAsync(folder.Path, specification, 3, "r-third1", FromFirst);
        var resumed = await LocalRun.ResumeAsync(folder.Path, 2, "r-third1", CheckpointName.OfEpoch(1));

        Assert.Equal(RunStatus.Finished, one.State);
        Assert.Equal(one.StateSha256, three.StateSha256);
        Assert.Equal(one.StateSha256, resumed.StateSha256);
        Assert.True(one.Epochs[^1].TrainLoss < one.Epochs[0].TrainLoss);
        var (before, after) = (Model(folder.Path, First), Model(folder.Path, Second));
        var kept = before.Keys.Where(name =>
            method == "lws" || !name.StartsWith("linear.", StringComparison.Ordinal)
        );
        Assert.All(kept, name => Assert.Equal(before[name], after[name]));
        Assert.NotEqual(
            method == "lws" ? [.. Enumerable.Repeat(1f, 10)] : before["linear.weight"],
            after[method == "lws" ? "linear.scales" : "linear.weight"]
        );
        Assert.Contains(
            $"{First}@{CheckpointName.OfEpoch(2)}",
            new CheckpointStore(Path.Combine(folder.Path, Second, "checkpoints"))
                .NewestIntact(out _)!
                .Manifest!.Parents
        );
    }

    [Fact]
    public async Task WeightsThatAreOthersOrDoNotFitAreRefusedAndNothingIsLeft()
    {
        using var folder = new TemporaryFolder();
        await LocalRun.TrainAsync(folder.Path, Plain, trainers: 1, First);
        var specification = SecondStage(folder.Path, "crt");
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 1,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );

        var others = specification with
        {
            Model = specification.Model with { InitFrom = new() { Sha256 = new('0', 64) } },
        };
        var deeper = specification with { Model = specification.Model with { Architecture = "resnet20" } };
        Assert.Equal("MM5001", await RefusedAsync(others, FromFirst));
        Assert.Equal("MM5002", await RefusedAsync(deeper, FromFirst));
        Assert.Equal(
            "MM1007",
            await RefusedAsync(specification, FromFirst with { InitFrom = "r-nobody@epoch-0002" })
        );
        Assert.Equal("MM1005", await RefusedAsync(specification, FromFirst with { InitFrom = null }));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, Second)));

        async Task<string?> RefusedAsync(RunSpecification run, RunSettings settings) =>
            (
                await cluster
                    .Grains.GetGrain<IRunGrain>(Second)
                    .SubmitAsync(new(Second, SpecificationDocument.Write(run), settings))
            )
                .Fault
                ?.Code;
    }

    private static readonly RunSettings KeepAll = new()
    {
        Name = "test",
        Checkpoints = new() { KeepLast = 10 },
    };

    private static readonly RunSettings FromFirst = KeepAll with
    {
        InitFrom = $"{First}@{CheckpointName.OfEpoch(2)}",
    };

    private static readonly RunSpecification Plain = LocalRun.Specification() with
    {
        Method = new()
        {
            Name = "erm",
            Loss = "ce",
            Reweight = Reweighting.None,
            DeferEpoch = 2,
        },
        Model = new() { Architecture = "resnet8", Head = "plain" },
    };

    private static RunSpecification Staged() =>
        LocalRun.Specification() with
        {
            Pretraining = new()
            {
                Kind = "rotation",
                Epochs = 2,
                Schedule = new() { WarmupEpochs = 1, Milestones = [1] },
            },
        };

    private static RunSpecification SecondStage(string folder, string method)
    {
        var composition = MethodCatalogue.Find(method)!;
        return Plain with
        {
            Epochs = 3,
            Slots = ObjectiveCatalogue.Find(composition.Objective)!.WholeBatch is null ? Plain.Slots : 1,
            Method = Plain.Method with
            {
                Name = method,
                Loss = composition.Loss,
                Sampler = composition.Sampler,
                DeferEpoch = 3,
                Objective = composition.Objective == "supervised" ? null : composition.Objective,
                Companion = composition.Companion == "none" ? null : composition.Companion,
            },
            Model = new()
            {
                Architecture = "resnet8",
                Head = composition.Head,
                Trains = composition.Trains,
                InitFrom = new()
                {
                    Sha256 = WeightsFile
                        .Read(Path.Combine(folder, First, "checkpoints", CheckpointName.OfEpoch(2)))
                        .Sha256,
                    FreshClassifier = composition.FreshClassifier,
                },
            },
            Optimiser = new() { LearningRate = 0.01 },
            Schedule = new()
            {
                Kind = "cosine",
                WarmupEpochs = 0,
                Milestones = [],
            },
        };
    }

    private static Dictionary<string, float[]> Model(string folder, string run) =>
        Safetensors
            .Read(
                Path.Combine(
                    new CheckpointStore(Path.Combine(folder, run, "checkpoints")).NewestIntact(out _)!.Path,
                    "model.safetensors"
                )
            )
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Values<float>().ToArray());

    private static IEnumerable<float> Momentum(string folder, string run, int epoch) =>
        Safetensors
            .Read(
                Path.Combine(
                    folder,
                    run,
                    "checkpoints",
                    CheckpointName.OfEpoch(epoch),
                    "optimiser.safetensors"
                )
            )
            .SelectMany(tensor => tensor.Values<float>().ToArray());
}
