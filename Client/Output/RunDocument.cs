using System.Text.Json.Nodes;
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

    /// <summary>The metrics of the last evaluation by name, in the order they are shown in.</summary>
    public static IReadOnlyList<(string Name, double? Value)> MetricsOf(RunRecord record)
    {
        var classes = record.ClassAccuracy.Count;
        var evaluation =
            classes > 0 && record.Confusion.Count == classes * classes && record.Confusion.Sum() > 0
                ? new Evaluation(classes, record.Confusion, top5: 0, lossSum: 0)
                : null;
        return
        [
            ("accuracy", record.Last?.Accuracy),
            ("accuracy_many", record.Last?.Many),
            ("accuracy_medium", record.Last?.Medium),
            ("accuracy_few", record.Last?.Few),
            ("worst_class", ClassErrors.Worst(record)?.Accuracy),
            ("balanced_accuracy", evaluation?.BalancedAccuracy),
            ("macro_f1", evaluation?.MacroF1),
            ("geometric_mean", evaluation?.GeometricMean),
            ("top5", record.Last?.Top5),
            ("ece", record.Last?.Ece),
            ("ece_many", record.Last?.EceMany),
            ("ece_medium", record.Last?.EceMedium),
            ("ece_few", record.Last?.EceFew),
            ("nll", record.Last?.Nll),
            ("margin_median", record.Last?.MarginMedian),
            ("margin_median_many", record.Last?.MarginMedianMany),
            ("margin_median_medium", record.Last?.MarginMedianMedium),
            ("margin_median_few", record.Last?.MarginMedianFew),
            ("test_loss", record.Last?.TestLoss),
        ];
    }

    /// <summary>Whether a metric is a share in [0, 1], rather than a number without such bounds.</summary>
    public static bool IsShare(string metric) =>
        metric is not ("test_loss" or "nll") && !metric.StartsWith("margin_", StringComparison.Ordinal);

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
        foreach (var (name, value) in MetricsOf(record))
        {
            metrics[name] = RunJson.Number(value);
        }

        metrics["best_epoch"] = record.Best?.Epoch;
        metrics["best_accuracy"] = RunJson.Number(record.Best?.Accuracy);
        return metrics;
    }
}
