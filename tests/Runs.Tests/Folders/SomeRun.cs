using System.Text.Json;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using MMOrleans.Runs.Tests.Checkpoints;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>Records and rows for tests in which the values do not matter.</summary>
internal static class SomeRun
{
    public static readonly DateTimeOffset Time = new(2026, 1, 5, 10, 41, 7, 123, TimeSpan.Zero);

    public static RunRecord Record(string id, string name = "c10", int minute = 0)
    {
        using var specification = JsonDocument.Parse(
            SpecificationDocument.Write(SomeCheckpoint.Specification)
        );
        return new RunRecord
        {
            Id = id,
            Name = name,
            Status = RunStatus.Running,
            Specification = specification.RootElement.Clone(),
            SpecificationSha256 = "00",
            Created = Time.AddMinutes(minute),
            Last = Row(3),
            Error = new Fault("MM4003", "loss is not finite", "lower the rate"),
            Tags = new Dictionary<string, string> { ["project"] = "demo" },
        };
    }

    public static RunFolder Create(string root, string id, string name = "c10", int minute = 0)
    {
        var folder = new RunFolder(root, id);
        folder.Create(Record(id, name, minute), "version: 1\n");
        return folder;
    }

    public static EpochResult Row(int epoch, double? accuracy = 0.779) =>
        new EpochResult
        {
            Epoch = epoch,
            Round = epoch * 97L,
            Phase = "deferred",
            LearningRate = 0.1,
            TrainLoss = 1.0 / 3,
            TrainAccuracy = 2.0 / 3,
            Images = 12406,
            SampleSum = ulong.MaxValue - 3,
            ImagesPerSecond = 486.25,
            Seconds = 25.5,
        }
            .With("accuracy", accuracy)
            .With("few", accuracy - 0.1)
            .With("grad_norm", 1.8e-7)
            .With("ece", 0.1 / 3)
            .With("nll", 1.0 / 7)
            .With("margin_median_few", -0.025 / 3)
            .With("apply_seconds", 0.1);

    public static EventRecord Event(string kind, string key, long round) =>
        new()
        {
            Time = Time,
            Event = kind,
            Key = key,
            Round = round,
            Message = "line one\nline \"two\"",
        };
}
