using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Output;

/// <summary>The objects of schema <c>mm/run/v1</c>: snake_case keys, seconds, bytes, UTC; keys are only ever added.</summary>
internal static class RunJson
{
    public const string Schema = "mm/run/v1";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>One object on one line.</summary>
    public static void WriteLine(TextWriter writer, JsonObject document)
    {
        writer.WriteLine(document.ToJsonString());
        writer.Flush();
    }

    /// <summary>A whole document, indented.</summary>
    public static void Write(TextWriter writer, JsonObject document) =>
        writer.WriteLine(document.ToJsonString(Indented));

    public static JsonObject Of(string type) => new() { ["schema"] = Schema, ["type"] = type };

    public static JsonObject Event(string run, RunEvent happening)
    {
        var document = Of("event");
        document["run"] = run;
        document["time"] = Time(happening.Time);
        document["kind"] = happening.Kind;
        document["message"] = happening.Message;
        document["epoch"] = happening.Epoch;
        document["round"] = happening.Round;
        return document;
    }

    public static JsonObject Note(string run, DateTimeOffset time, string message)
    {
        var document = Of("note");
        document["run"] = run;
        document["time"] = Time(time);
        document["message"] = message;
        return document;
    }

    public static JsonObject Epoch(string run, EpochResult epoch)
    {
        var document = Of("epoch");
        document["run"] = run;
        foreach (var (key, value) in Metrics(epoch).ToArray())
        {
            document[key] = value?.DeepClone();
        }

        return document;
    }

    public static JsonObject Progress(string run, RunStatus status, RunProgress progress)
    {
        var document = Of("progress");
        document["run"] = run;
        document["status"] = status.Word();
        document["epoch"] = progress.Epoch;
        document["epochs"] = progress.Epochs;
        document["round"] = progress.Round;
        document["rounds"] = progress.Rounds;
        document["phase"] = progress.Phase;
        document["activity"] = progress.Activity;
        document["loss"] = Number(progress.Loss);
        document["learning_rate"] = Number(progress.LearningRate);
        document["gradient_norm"] = Number(progress.GradientNorm);
        document["images_per_second"] = Number(progress.ImagesPerSecond);
        document["elapsed"] = Number(progress.Elapsed.TotalSeconds);
        document["left"] = Number(progress.Left?.TotalSeconds);
        document["trainers"] = Trainers(progress.Trainers);
        return document;
    }

    /// <summary>An epoch's metrics by name.</summary>
    public static JsonObject Metrics(EpochResult epoch)
    {
        var metrics = new JsonObject
        {
            ["epoch"] = epoch.Epoch,
            ["round"] = epoch.Round,
            ["phase"] = epoch.Phase,
        };
        foreach (var metric in MetricTable.All.Where(metric => metric.IsInEvents))
            metrics[metric.Shown] = Number(epoch[metric]);
        return metrics;
    }

    public static JsonArray Trainers(IEnumerable<TrainerStatus> trainers) =>
        [
            .. trainers.Select(trainer =>
                (JsonNode)
                    new JsonObject
                    {
                        ["trainer"] = trainer.Trainer,
                        ["device"] = trainer.Device,
                        ["state"] = trainer.State,
                        ["slots"] = trainer.SlotRanges,
                        ["images_per_second"] = Number(trainer.ImagesPerSecond),
                        ["round_seconds"] = Number(trainer.RoundSeconds),
                        ["data_share"] = Number(trainer.DataShare),
                        ["compute_share"] = Number(trainer.ComputeShare),
                        ["exchange_share"] = Number(trainer.ExchangeShare),
                        ["wait_share"] = Number(trainer.WaitShare),
                    }
            ),
        ];

    public static JsonObject? Fault(Fault? fault) =>
        fault is null
            ? null
            : new JsonObject
            {
                ["code"] = fault.Code,
                ["message"] = fault.Message,
                ["fix"] = fault.Fix,
            };

    /// <summary>JSON has no infinity and no NaN: they are null.</summary>
    public static JsonNode? Number(double? value) =>
        value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
