using System.Text.Json.Nodes;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>A run as one object of <c>mm/run/v1</c>: its record, and what a reader would otherwise have to work out from it.</summary>
internal static class RunDocument
{
    /// <summary>The run's specification.</summary>
    public static RunSpecification Specification(RunRecord record) =>
        SpecificationDocument.ReadFrom(record.Specification, $"run.json of {record.Id}");

    /// <summary>The whole run.</summary>
    public static JsonObject Of(RunRecord record, RunFolder folder)
    {
        var document = RunJson.Of("run");
        foreach (var (key, value) in JsonNode.Parse(record.ToJson())!.AsObject())
        {
            document[key] = value?.DeepClone();
        }

        document["status"] = RunStanding.Of(record, folder).Word();
        document["live"] = RunStanding.IsLive(folder);
        // A copy of a cluster's run goes with the command that made it.
        document["folder"] = folder.IsCopy ? null : folder.Path;
        document["metrics"] = Metrics(record);
        document["classes"] = Classes(record);
        return document;
    }

    /// <summary>The metrics of the last evaluation, in the order they are shown in.</summary>
    /// <remarks>What the last epoch does not say, because it was not evaluated or an older version recorded it, the confusion matrix does.</remarks>
    public static IReadOnlyList<(Metric Metric, double? Value)> MetricsOf(RunRecord record)
    {
        var classes = record.ClassAccuracy.Count;
        var evaluation =
            classes > 0 && record.Confusion.Count == classes * classes && record.Confusion.Sum() > 0
                ? new Evaluation(classes, record.Confusion)
                : null;
        return
        [
            .. MetricTable.OfTest.Select(metric =>
                (
                    metric,
                    record.Last?[metric]
                        ?? (evaluation is null ? null : metric.Of(evaluation, ClassErrors.Groups(record)))
                )
            ),
        ];
    }

    /// <summary>Every class of the last evaluation.</summary>
    public static JsonArray Classes(RunRecord record) =>
        [
            .. ClassErrors
                .Of(record)
                .Select(result =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = result.Name,
                            ["training_images"] = result.TrainingImages,
                            ["group"] = result.Group,
                            ["accuracy"] = RunJson.Number(result.Accuracy),
                            ["error"] = RunJson.Number(result.Error),
                        }
                ),
        ];

    /// <summary>The metrics of the last evaluation, and the best.</summary>
    public static JsonObject Metrics(RunRecord record)
    {
        var metrics = new JsonObject();
        foreach (var (metric, value) in MetricsOf(record))
        {
            metrics[metric.Shown] = RunJson.Number(value);
        }

        metrics["best_epoch"] = record.Best?.Epoch;
        metrics["best_accuracy"] = RunJson.Number(record.Best?.Accuracy);
        return metrics;
    }
}
