using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Output;
using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Learning.Specifications;

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
        string status = RunStatusName.Finished
    )
    {
        var specification = Some.Specification(method, seed);
        var row = Row(200) with { Accuracy = accuracy, Few = few };
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

    public static EpochRow Row(int epoch) =>
        new()
        {
            Epoch = epoch,
            Round = epoch * 97,
            Phase = "main",
            LearningRate = 0.1,
            TrainLoss = 0.4121,
            TrainAccuracy = 0.9,
            TestLoss = 0.7,
            Accuracy = 0.779,
            Top5 = 0.98,
            Many = 0.9,
            Medium = 0.7,
            Few = 0.719,
            WorstClass = 0.7,
            Images = 12406,
            ImagesPerSecond = 486,
            Seconds = 25.5,
        };

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
                    Progress = new() { Epoch = epoch, Round = epoch * 97 },
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
