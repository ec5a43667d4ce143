namespace MMOrleans.Configuration.Sources;

/// <summary>Keys that earlier versions had with one value that they took: why there is nothing to set, and what to do instead.</summary>
/// <remarks>
/// Recorded configurations have them, each with that value, and are read as before; nothing else is taken, and nothing of them is written.
/// </remarks>
internal static class NotYet
{
    /// <param name="Because">Why there is nothing to set.</param>
    /// <param name="Fix">What to do instead.</param>
    /// <param name="Value">The one value; null for none.</param>
    internal sealed record Refused(string Because, string Fix, string? Value = null);

    private static readonly Dictionary<string, Refused> Keys = new()
    {
        ["dataset.download"] = new(
            "a run fetches no data by itself",
            "mm data fetch NAME before the run, and leave dataset.download out",
            "false"
        ),
        ["dataset.verify"] = new(
            "data are verified before every run",
            "leave dataset.verify out; mm data verify NAME verifies them now",
            "true"
        ),
        ["dataset.loaders"] = new(
            "a trainer chooses its decoding threads itself",
            "leave dataset.loaders out",
            "auto"
        ),
        ["train.micro_batch"] = new(
            "a slot's batch is computed in one piece",
            "leave train.micro_batch out; more slots (--slots 8) make a slot's batch smaller"
        ),
        ["train.precision"] = new("all arithmetic is fp32", "leave train.precision out", "fp32"),
        ["optimiser.kind"] = new(
            "the optimiser is stochastic gradient descent",
            "leave optimiser.kind out",
            "sgd"
        ),
        ["schedule.time"] = new("the rate changes at epochs", "leave schedule.time out", "epoch"),
        ["eval.early_stop"] = new(
            "no metric stops a run",
            "leave eval.early_stop out; --max-time limits a run"
        ),
        ["report.formats"] = new("mm report writes all formats", "leave report.formats out"),
        ["report.embeddings"] = new("reports have no embeddings", "leave report.embeddings out", "false"),
        ["telemetry.trackers.mlflow"] = new(
            "nothing is sent to MLflow",
            "leave telemetry.trackers.mlflow out; metrics.csv and TensorBoard files can be imported"
        ),
        ["telemetry.trackers.csv"] = new(
            "metrics.csv is always written",
            "leave telemetry.trackers.csv out",
            "true"
        ),
        ["output.ui"] = new(
            "the page is a flag's business",
            "leave output.ui out; --ui serves the page while this process trains",
            "none"
        ),
    };

    /// <summary>Why the key cannot be set; null for any other name.</summary>
    public static Refused? Find(string path) => Keys.GetValueOrDefault(path);

    /// <summary>Whether such keys lie below that path.</summary>
    public static bool IsSection(string path) =>
        Keys.Keys.Any(key => key.StartsWith(path + ".", StringComparison.Ordinal));

    /// <summary>Whether a file says of such a key what it always said.</summary>
    public static bool Accepts(string path, Node node) =>
        Keys.TryGetValue(path, out var key)
            ? node switch
            {
                ScalarNode { IsNull: true } or ListNode { Items.Count: 0 } => key.Value is null,
                ScalarNode { Text: var text } => text == key.Value,
                _ => false,
            }
            : IsSection(path) && node is ScalarNode { IsNull: true };
}
