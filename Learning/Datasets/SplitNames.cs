using System.Text.RegularExpressions;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>How a data set's files call the images to train on and those to evaluate on.</summary>
/// <param name="Train">Usually <c>train</c>.</param>
/// <param name="Test">Usually <c>test</c>.</param>
internal sealed partial record SplitNames(string Train, string Test)
{
    // As people call them, where they call them otherwise.
    private static readonly string[] Known =
    [
        "train",
        "training",
        "test",
        "testing",
        "validation",
        "valid",
        "val",
        "dev",
        "eval",
    ];

    public static SplitNames Of(DatasetSpecification dataset) =>
        new(dataset.TrainSplit ?? "train", dataset.TestSplit ?? "test");

    /// <summary>How to name a split that is not there.</summary>
    /// <param name="split">The one that is missing.</param>
    /// <param name="found">Names that lie there instead.</param>
    /// <returns>Null where nothing looks like one.</returns>
    public string? Fix(string split, IEnumerable<string> found) =>
        found.Where(name => name != Train && name != Test).Distinct().ToList() is { Count: > 0 } others
            ? string.Join(
                ", or ",
                others.Select(other => $"--set dataset.split.{(split == Train ? "train" : "test")}={other}")
            )
            : null;

    /// <summary>The split that a file or folder belongs to by its name: <c>val-00000.tar</c> to <c>val</c>; null for none.</summary>
    public static string? In(string name) => Known.FirstOrDefault(split => Names(name, split));

    /// <summary>Whether a file or folder is of a split by its name: the split's, then perhaps numbers, then perhaps an ending.</summary>
    /// <remarks><c>train-000000.tar</c>, <c>train-00000-of-00005-a1b2c3.parquet</c>, <c>train.csv</c>; not <c>train_mini-0.tar</c>, which is another split.</remarks>
    public static bool Names(string name, string split) =>
        name.StartsWith(split, StringComparison.Ordinal)
        && (name.Length == split.Length || Number().IsMatch(name[split.Length..]));

    [GeneratedRegex(@"^(\.|[-_]?\d|[-_ ]?\(\d)")]
    private static partial Regex Number();
}
