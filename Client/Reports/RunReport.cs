using System.Text.Json.Nodes;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Reports;

/// <summary>What a report says of one run, before it is a page, a figure or a file.</summary>
internal sealed class RunReport
{
    /// <param name="record">The run.</param>
    /// <param name="standing">Its status; see <see cref="RunStanding"/>.</param>
    /// <param name="epochs">Its epochs.</param>
    /// <param name="withoutPredictions">Why there is no <c>predictions.parquet</c>; null when there is.</param>
    public RunReport(
        RunRecord record,
        RunStatus standing,
        IReadOnlyList<EpochResult> epochs,
        string? withoutPredictions = null
    )
    {
        (Record, Standing, Epochs, WithoutPredictions) = (record, standing, epochs, withoutPredictions);
        Specification = RunDocument.Specification(record);
        Classes = ClassErrors.Of(record);
        Missing = [.. Lacks()];
    }

    public RunRecord Record { get; }

    public RunStatus Standing { get; }

    public IReadOnlyList<EpochResult> Epochs { get; }

    public RunSpecification Specification { get; }

    /// <summary>The classes of the last evaluation by falling training count; none before it.</summary>
    public IReadOnlyList<ClassResult> Classes { get; }

    /// <summary>What the report would hold but does not, and why; a sentence each.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Completed epochs at the switch; null when the run has none.</summary>
    public int? Switch => new StagePlan(Specification).FirstDeferredEpoch;

    /// <summary>Why there is no <c>predictions.parquet</c>; null when there is.</summary>
    public string? WithoutPredictions { get; }

    /// <summary>The margins that re-weighting began from; null when the run has no switch, or did not keep them.</summary>
    public MarginRecord? MarginsBefore =>
        Record.MarginsBefore is { } before && HasPassedSwitch && before.Epoch <= Switch ? before : null;

    private bool HasPassedSwitch => Switch is { } at && Epochs.Count > at;

    /// <summary>Indices of the classes by falling training count.</summary>
    public IReadOnlyList<int> Order =>
        [
            .. Enumerable
                .Range(0, Record.ClassCounts.Count)
                .OrderByDescending(c => Record.ClassCounts[c])
                .ThenBy(c => c),
        ];

    /// <summary>
    /// Shares of each true class by predicted class, both by falling training count, NaN for a class without test images; none before an
    /// evaluation.
    /// </summary>
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
        document["status"] = Standing.Word();
        document["method"] = Specification.Method.Name;
        document["seed"] = Specification.Seed;
        document["epoch"] = Record.Epoch;
        document["epochs"] = Specification.TotalEpochs;
        document["state_sha256"] = Record.StateSha256;
        foreach (var (name, value) in RunDocument.Metrics(Record).ToArray())
            document[name] = value?.DeepClone();
        document["classes"] = RunDocument.Classes(Record);
        document["confusion"] = new JsonArray([.. Record.Confusion.Select(count => (JsonNode)count)]);
        document["calibration"] = Record.Calibration is { } calibration ? Bins(calibration) : null;
        document["margins"] = Record.Margins is { } margins
            ? new JsonObject
            {
                ["range"] = margins.Range,
                ["bins"] = MarginHistogram.Bins,
                ["before"] = MarginsBefore is { } before ? Counts(before) : null,
                ["after"] = Counts(margins),
            }
            : null;
        document["predictions"] = WithoutPredictions is null ? Predictions.FileName : null;
        document["curves"] = new JsonArray([.. Epochs.Select(row => (JsonNode)RunJson.Metrics(row))]);
        document["missing"] = new JsonArray([.. Missing.Select(words => (JsonNode)words!)]);
        return document;
    }

    private static JsonArray Bins(CalibrationRecord calibration) =>
        [
            .. calibration.Images.Select(
                (images, bin) =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["from"] = (double)bin / calibration.Images.Count,
                            ["to"] = (bin + 1.0) / calibration.Images.Count,
                            ["images"] = images,
                            ["correct"] = calibration.Correct[bin],
                            ["confidence_sum"] = RunJson.Number(calibration.Confidence[bin]),
                        }
            ),
        ];

    /// <summary>Images below −R, in the bins over [−R, R), and beyond.</summary>
    private static JsonObject Counts(MarginRecord margins) =>
        new()
        {
            ["epoch"] = margins.Epoch,
            ["many"] = new JsonArray([.. margins.Many.Select(count => (JsonNode)count)]),
            ["medium"] = new JsonArray([.. margins.Medium.Select(count => (JsonNode)count)]),
            ["few"] = new JsonArray([.. margins.Few.Select(count => (JsonNode)count)]),
        };

    private IEnumerable<string> Lacks()
    {
        if (Epochs.Count < Specification.TotalEpochs)
            yield return $"the run is {Standing.Word()} at epoch {Epochs.Count} of {Specification.TotalEpochs}: the rest of the curves";
        if (Classes.Count == 0)
            yield return "the run was not evaluated yet: accuracy, errors by class and confusion";
        if (ClassErrors.Undefined(Record) is { } undefined)
            yield return undefined;
        if (Switch is { } at && Epochs.Count <= at)
            yield return $"re-weighting begins after epoch {at}: nothing after the switch";
        if (Classes.Count > 0 && (Record.Margins is null || Record.Calibration is null))
            yield return "margins and calibration (ece, nll): an older version evaluated the run and did not count them";
        else if (HasPassedSwitch && MarginsBefore is null)
            yield return Record.Parent is { } parent
                ? $"margins before re-weighting: the run began at {parent}, after its last evaluation in phase main"
                : "margins before re-weighting: no evaluation in phase main was kept";
        if (Epochs.Count > 0 && Epochs.All(row => row["data_seconds"] is null))
            yield return "share of time per stage: an older version trained the run and did not record it";
        if (WithoutPredictions is { } why)
            yield return $"{Predictions.FileName}: {why}";
    }
}
