using System.Text.Json.Nodes;
using MMOrleans.Client.Output;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Learning.Schedules;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Client.Reports;

/// <summary>What a report says of one run, before it is a page, a figure or a file.</summary>
internal sealed class RunReport
{
    /// <param name="record">The run.</param>
    /// <param name="standing">Its status; see <see cref="RunStanding"/>.</param>
    /// <param name="epochs">Its epochs.</param>
    public RunReport(RunRecord record, string standing, IReadOnlyList<EpochRow> epochs)
    {
        (Record, Standing, Epochs) = (record, standing, epochs);
        Specification = RunDocument.Specification(record);
        Classes = ClassErrors.Of(record);
        Missing = [.. Lacks()];
    }

    public RunRecord Record { get; }

    public string Standing { get; }

    public IReadOnlyList<EpochRow> Epochs { get; }

    public RunSpecification Specification { get; }

    /// <summary>The classes of the last evaluation by falling training count; none before it.</summary>
    public IReadOnlyList<ClassResult> Classes { get; }

    /// <summary>What the report would hold but does not, and why; a sentence each.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Completed epochs at the switch; null when the run has none.</summary>
    public int? Switch => new StagePlan(Specification).FirstDeferredEpoch;

    /// <summary>Indices of the classes by falling training count.</summary>
    public IReadOnlyList<int> Order =>
        [
            .. Enumerable
                .Range(0, Record.ClassCounts.Count)
                .OrderByDescending(c => Record.ClassCounts[c])
                .ThenBy(c => c),
        ];

    /// <summary>Shares of each true class by predicted class, both by falling training count; none before an evaluation.</summary>
    public IReadOnlyList<IReadOnlyList<double>> ConfusionShares
    {
        get
        {
            var classes = Record.ClassCounts.Count;
            return Record.Confusion.Count != classes * classes
                ? []
                :
                [
                    .. Order.Select(row =>
                    {
                        var images = (double)Order.Sum(column => Record.Confusion[(row * classes) + column]);
                        return (IReadOnlyList<double>)
                            [.. Order.Select(column => Record.Confusion[(row * classes) + column] / images)];
                    }),
                ];
        }
    }

    /// <summary><c>metrics.json</c>: all numbers of the report.</summary>
    public JsonObject Document()
    {
        var document = RunJson.Of("report");
        document["run"] = Record.Id;
        document["name"] = Record.Name;
        document["status"] = Standing;
        document["method"] = Specification.Method.Name;
        document["seed"] = Specification.Seed;
        document["epoch"] = Record.Epoch;
        document["epochs"] = Specification.TotalEpochs;
        document["state_sha256"] = Record.StateSha256;
        foreach (var (name, value) in RunDocument.Metrics(Record).ToArray())
            document[name] = value?.DeepClone();
        document["classes"] = RunDocument.Classes(Record);
        document["confusion"] = new JsonArray([.. Record.Confusion.Select(count => (JsonNode)count)]);
        document["curves"] = new JsonArray([.. Epochs.Select(row => (JsonNode)Curve(row))]);
        document["missing"] = new JsonArray([.. Missing.Select(words => (JsonNode)words!)]);
        return document;
    }

    private static JsonObject Curve(EpochRow row) =>
        new()
        {
            ["epoch"] = row.Epoch,
            ["phase"] = row.Phase,
            ["learning_rate"] = RunJson.Number(row.LearningRate),
            ["train_loss"] = RunJson.Number(row.TrainLoss),
            ["test_loss"] = RunJson.Number(row.TestLoss),
            ["accuracy"] = RunJson.Number(row.Accuracy),
            ["accuracy_many"] = RunJson.Number(row.Many),
            ["accuracy_medium"] = RunJson.Number(row.Medium),
            ["accuracy_few"] = RunJson.Number(row.Few),
            ["images_per_second"] = RunJson.Number(row.ImagesPerSecond),
        };

    private IEnumerable<string> Lacks()
    {
        if (Epochs.Count < Specification.TotalEpochs)
            yield return $"the run is {Standing} at epoch {Epochs.Count} of {Specification.TotalEpochs}: the rest of the curves";
        if (Classes.Count == 0)
            yield return "the run was not evaluated yet: accuracy, errors by class and confusion";
        if (Switch is { } at && Epochs.Count <= at)
            yield return $"re-weighting begins after epoch {at}: nothing after the switch";
        yield return "margins, calibration (ece, nll) and predictions.parquet: they need the logits of every test image, which this version does not collect";
        yield return "share of time per stage: the run does not record it";
    }
}
