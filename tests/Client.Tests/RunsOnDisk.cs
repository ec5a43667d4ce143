using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests;

/// <summary>A folder of runs that a test writes, and a terminal that it reads.</summary>
public sealed class RunsOnDisk : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"mm-{Guid.NewGuid():N}");

    public FakeTimeProvider Clock { get; } = new(Some.Time + TimeSpan.FromHours(2));

    public string Output => _output.ToString();

    /// <summary>The output with every run of spaces as one, where the width of columns is not the claim.</summary>
    public string Words => string.Join(' ', Output.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public string Error => _error.ToString();

    public RunCatalogue Catalogue => new(Root);

    internal Invocation Invocation(bool json = false) =>
        new(new Terminal(_output, _error, false, false, _ => null), Clock, Root, null, json, Quiet: false);

    /// <summary>The one JSON document that was written.</summary>
    public JsonObject Json() => JsonNode.Parse(Output)!.AsObject();

    public IReadOnlyList<JsonObject> JsonLines() =>
        [
            .. Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!.AsObject()),
        ];

    public RunFolder Write(RunRecord record)
    {
        var folder = Catalogue.Folder(record.Id);
        folder.Create(record, "version: 1\n");
        return folder;
    }

    public static RunRecord Record(
        string id = "r-7f3k9q",
        string method = "mm-drw",
        long seed = 1,
        double accuracy = 0.779,
        double few = 0.719,
        RunStatus status = RunStatus.Finished
    )
    {
        var specification = Some.Specification(method, seed);
        var row = Row(200).With("accuracy", accuracy).With("few", few);
        return new()
        {
            Id = id,
            Name = $"{method}-{seed}",
            Status = status,
            Specification = JsonSerializer.Deserialize<JsonElement>(
                SpecificationDocument.Write(specification)
            ),
            SpecificationSha256 = SpecificationDocument.Hash(specification),
            Created = Some.Time,
            Started = Some.Time,
            Ended = Some.Time + new TimeSpan(1, 12, 44),
            Host = "here",
            Tags = new Dictionary<string, string> { ["project"] = "demo" },
            ClassCounts = [5000, 500, 50],
            ClassNames = ["airplane", "bird", "truck"],
            Calibration = Calibration,
            Margins = Margins(200, shift: 8),
            MarginsBefore = Margins(160, shift: 0),
            ClassAccuracy = [0.9, 0.7, few],
            Confusion = [90, 5, 5, 20, 70, 10, 14, 14, 72],
            Epochs = 200,
            Epoch = 200,
            Rounds = 19_400,
            Round = 19_400,
            Best = row with { Epoch = 168 },
            Last = row,
            LastCheckpoint = "epoch-0200",
            StateSha256 = new string('a', 64),
            Trainers = [new("local/t0", "cpu"), new("local/t1", "cpu")],
        };
    }

    public static EpochResult Row(int epoch) =>
        new EpochResult
        {
            Epoch = epoch,
            Round = epoch * 97,
            Phase = "main",
            LearningRate = 0.1,
            TrainLoss = 0.4121,
            TrainAccuracy = 0.9,
            Images = 12406,
            ImagesPerSecond = 486,
            Seconds = 25.5,
        }
            .With("test_loss", 0.7)
            .With("accuracy", 0.779)
            .With("many", 0.9)
            .With("medium", 0.7)
            .With("few", 0.719)
            .With("top5", 0.98)
            .With("worst_class", 0.7)
            .With("ece", 0.0625)
            .With("ece_many", 0.03)
            .With("ece_medium", 0.06)
            .With("ece_few", 0.12)
            .With("nll", 0.75)
            .With("margin_median", 0.4)
            .With("margin_median_many", 0.6)
            .With("margin_median_medium", 0.3)
            .With("margin_median_few", 0.1)
            .With("data_seconds", 0.5)
            .With("forward_seconds", 7)
            .With("backward_seconds", 12)
            .With("exchange_seconds", 2)
            .With("wait_seconds", 1)
            .With("apply_seconds", 1)
            .With("evaluate_seconds", 2);

    /// <summary>Sixteen images in four bins; the first is empty.</summary>
    public static CalibrationRecord Calibration => new([0, 4, 4, 8], [0, 1, 3, 8], [0, 1.5, 2.5, 7]);

    /// <summary>A hump of 100 images in each group, which lies the further left the rarer it is.</summary>
    /// <param name="epoch">Completed epochs.</param>
    /// <param name="shift">Bins to the right.</param>
    public static MarginRecord Margins(int epoch, int shift)
    {
        return new(epoch, 2, Hump(108), Hump(98), Hump(86));

        IReadOnlyList<long> Hump(int centre) =>
            [.. Enumerable.Range(0, 162).Select(i => Math.Max(0L, 10 - Math.Abs(i - centre - shift)))];
    }

    /// <summary>Writes a small checkpoint after so many epochs.</summary>
    public string Checkpoint(RunFolder folder, int epoch)
    {
        var layout = new StateLayout([
            new("w", [4], 0, StateKind.Parameter),
            new("m", [2], 0, StateKind.Buffer),
        ]);
        var writer = new CheckpointWriter(folder.Checkpoints, "local/t0", 1, Clock);
        return writer
            .Write(
                new()
                {
                    RunId = folder.RunId,
                    Progress = new()
                    {
                        Epoch = epoch,
                        Round = epoch * 97,
                        Seed = 1,
                    },
                    Layout = layout,
                    Parameters = new float[] { 1, 2, 3, epoch },
                    Momentum = new float[4],
                    Buffers = new float[2],
                    Specification = SpecificationDocument.Write(Some.Specification()),
                    DataManifestHash = "0",
                }
            )
            .Path;
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
