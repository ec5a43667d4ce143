using System.Text.Json;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Grains.Tests;

/// <summary>Invariant I1: the bits of a run do not depend on who computed it.</summary>
public class TrajectoryTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 8)]
    public async Task StateIsTheSameForAnyNumberOfTrainers(int slots, int localSteps)
    {
        var specification = LocalRun.Specification(slots, localSteps);
        List<string?> hashes = [];
        List<string> evaluations = [];
        foreach (var trainers in (int[])[1, 2, 3, 4])
        {
            using var folder = new TemporaryFolder();
            var status = await LocalRun.TrainAsync(folder.Path, specification, trainers);
            Assert.Equal(RunStatus.Finished, status.State);
            Assert.Equal(["main", "deferred"], status.Epochs.Select(e => e.Phase));
            Assert.Equal(194, status.Epochs[0].Images);
            hashes.Add(status.StateSha256);
            evaluations.Add(Evaluations(status));
            Assert.All(
                status.Epochs,
                epoch =>
                {
                    Assert.InRange(epoch["ece"]!.Value, 0, 1);
                    Assert.InRange(epoch["margin_median_few"]!.Value, -2, 2);
                    var counts = epoch.Counts!;
                    // The matrix is kept of the last epoch and of the best.
                    if (epoch == status.Epochs[^1])
                        Assert.Equal(counts.Confusion.Sum(), counts.Calibration!.Images.Sum());
                    Assert.Equal(
                        counts.Calibration!.Images.Sum(),
                        counts.Margins!.Many.Sum() + counts.Margins.Medium.Sum() + counts.Margins.Few.Sum()
                    );
                }
            );
        }

        Assert.NotNull(hashes[0]);
        Assert.Single(hashes.Distinct());
        Assert.Single(evaluations.Distinct());
    }

    [Fact]
    public async Task CalibrationIsCountedInTheRunsOwnBinsAndTheStateDoesNotKnow()
    {
        using var folder = new TemporaryFolder();
        var specification = LocalRun.Specification(epochs: 2);

        var usual = await LocalRun.TrainAsync(folder.Path, specification, 1, "r-usual1");
        var ten = await LocalRun.TrainAsync(
            folder.Path,
            specification,
            2,
            "r-tenbin",
            new() { Name = "test", CalibrationBins = 10 }
        );

        Assert.Equal((15, 10), (Bins(usual), Bins(ten)));
        Assert.Equal(usual.StateSha256, ten.StateSha256);
        Assert.Equal(usual.Epochs.Select(e => e["nll"]), ten.Epochs.Select(e => e["nll"]));

        static int Bins(RunSnapshot status) => status.Epochs[^1].Counts!.Calibration!.Images.Count;
    }

    [Fact]
    public async Task RecordKeepsTheMarginsOfTheEndAndThoseThatReweightingBeganFrom()
    {
        using var folder = new TemporaryFolder();
        var status = await LocalRun.TrainAsync(folder.Path, LocalRun.Specification(epochs: 3), 2);

        var run = new RunFolder(folder.Path, "r-test01");
        var record = RunRecord.Read(run.Record);

        Assert.Equal((1, 3), (record.MarginsBefore!.Epoch, record.Margins!.Epoch));
        Assert.Equal(status.Epochs[0].Counts!.Margins!.Few, record.MarginsBefore.Few);
        Assert.Equal(status.Epochs[2].Counts!.Margins!.Few, record.Margins.Few);
        Assert.Equal(status.Epochs[2].Counts!.Calibration!.Confidence, record.Calibration!.Confidence);
        var rows = MetricsCsv.Read(run.Metrics);
        Assert.Equal(status.Epochs.Select(e => e["ece_few"]), rows.Select(row => row["ece_few"]));
        Assert.All(rows, row => Assert.InRange(row["evaluate_seconds"]!.Value, 1e-6, row.Seconds));
    }

    [Fact]
    public async Task AnotherSeedGivesAnotherState()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var specification = LocalRun.Specification(epochs: 2);

        var one = await LocalRun.TrainAsync(first.Path, specification, 2);
        var other = await LocalRun.TrainAsync(second.Path, specification with { Seed = 2 }, 2);

        Assert.NotEqual(one.StateSha256, other.StateSha256);
    }

    [Fact]
    public async Task StoppedRunGoesOnWithAnotherNumberOfTrainersToTheSameState()
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        var specification = LocalRun.Specification(epochs: 4);
        var unbroken = await LocalRun.TrainAsync(whole.Path, specification, 2);

        await using (
            var cluster = await LocalCluster.StartAsync(
                new()
                {
                    RunsFolder = broken.Path,
                    Trainers = 3,
                    Device = "cpu",
                },
                TestContext.Current.CancellationToken
            )
        )
        {
            var run = cluster.Grains.GetGrain<IRunGrain>("r-test01");
            await run.SubmitAsync(
                new(
                    "r-test01",
                    MMOrleans.Runs.Specifications.SpecificationDocument.Write(specification),
                    new() { Name = "test" }
                )
            );
            var update = await run.WatchAsync(0, TimeSpan.FromSeconds(5));
            while (update.Progress.Round < 9) // in the middle of the second epoch of seven rounds
                update = await run.WatchAsync(update.Cursor, TimeSpan.FromSeconds(5));
            await run.StopAsync(false, "request");
            var stopped = await LocalRun.EndAsync(run);
            Assert.Equal(RunStatus.Stopped, stopped.State);
        }

        var resumed = await LocalRun.ResumeAsync(broken.Path, trainers: 1);

        Assert.Equal(RunStatus.Finished, resumed.State);
        Assert.Equal(
            (4, 7, 28),
            (resumed.Progress.Epoch, resumed.Progress.RoundOfEpoch, resumed.Progress.Round)
        );
        Assert.Equal(unbroken.StateSha256, resumed.StateSha256);
        Assert.Equal(
            unbroken.Epochs.Select(e =>
                (e.Epoch, e.TrainLoss, e.Accuracy, e.SampleSum, e["nll"], e["ece"], e["margin_median"])
            ),
            resumed.Epochs.Select(e =>
                (e.Epoch, e.TrainLoss, e.Accuracy, e.SampleSum, e["nll"], e["ece"], e["margin_median"])
            )
        );
    }

    [Fact]
    public async Task DamagedCheckpointIsPassedOverForAnOlderOneAndTheStateIsTheSame()
    {
        using var folder = new TemporaryFolder();
        var specification = LocalRun.Specification(epochs: 3);
        var unbroken = await LocalRun.TrainAsync(folder.Path, specification, 2);
        var checkpoints = Path.Combine(folder.Path, "r-test01", "checkpoints");
        foreach (var name in (string[])["epoch-0003", "epoch-0002"])
        {
            var file = Path.Combine(checkpoints, name, "model.safetensors");
            var bytes = File.ReadAllBytes(file);
            bytes[^5] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal("epoch-0001", new CheckpointStore(checkpoints).NewestIntact(out _)!.Name);
        var resumed = await LocalRun.ResumeAsync(folder.Path, trainers: 2);

        Assert.Equal(unbroken.StateSha256, resumed.StateSha256);
    }

    private static readonly IReadOnlyList<string> Durations =
    [
        .. MetricTable
            .All.Where(metric => metric.Kind is MetricKind.Seconds or MetricKind.Rate)
            .Select(metric => metric.Name),
    ];

    /// <summary>Everything that evaluations said, timings apart, to the last bit.</summary>
    private static string Evaluations(RunSnapshot status) =>
        JsonSerializer.Serialize(
            status.Epochs.Select(epoch => Durations.Aggregate(epoch, (e, duration) => e.With(duration, null)))
        );
}
