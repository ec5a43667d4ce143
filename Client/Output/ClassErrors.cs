using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Client.Output;

/// <summary>The error of every class, which an average hides on imbalanced data.</summary>
internal static class ClassErrors
{
    /// <summary>Stands where the error of a class would, of which there is nothing to count.</summary>
    public const string WithoutTestImages = "no test images";

    private const int BarWidth = 20;

    // A hundred classes do not fit a screen: the table then shows those that matter most.
    private const int ShownAtMost = 20;
    private const int NamedAtMost = 10;

    /// <summary>In order of falling training count; none before the first evaluation.</summary>
    public static IReadOnlyList<ClassResult> Of(RunRecord record) => ClassResults.Of(record);

    /// <summary>The class with the largest error; null before the first evaluation.</summary>
    public static ClassResult? Worst(RunRecord record) =>
        Of(record).Where(result => double.IsFinite(result.Accuracy)).MinBy(result => result.Accuracy);

    /// <summary>Says which classes no mean counts, and why; null when all have test images.</summary>
    public static string? Undefined(RunRecord record) => Undefined(ClassResults.WithoutTestImages(record));

    /// <summary>The same of a data set.</summary>
    /// <param name="names">The classes that no test image is of.</param>
    public static string? Undefined(IReadOnlyList<string> names) =>
        names.Count == 0
            ? null
            : $"{WithoutTestImages}: {string.Join(", ", names.Take(NamedAtMost))}{(names.Count > NamedAtMost ? $" and {names.Count - NamedAtMost} more" : "")}; {(names.Count == 1 ? "its error is" : "their errors are")} undefined, and no mean counts {(names.Count == 1 ? "it" : "them")}";

    /// <summary>How the run's classes are grouped.</summary>
    public static ShotGroups Groups(RunRecord record) => ClassResults.Groups(record);

    /// <summary>A table with a bar for each error.</summary>
    public static IEnumerable<Line> Lines(RunRecord record, Glyphs glyphs)
    {
        var results = Of(record);
        if (results.Count == 0)
        {
            yield break;
        }

        var shown =
            results.Count <= ShownAtMost
                ? results
                : [.. results.OrderByDescending(result => result.Error).Take(ShownAtMost)];
        var table = new TextTable(
            ("CLASS", false),
            ("TRAINING IMAGES", true),
            ("GROUP", false),
            ("TEST ERROR", true),
            ("", false)
        );
        foreach (var result in shown)
        {
            table.Add(
                (result.Name, ""),
                (Figures.Count(result.TrainingImages), ""),
                (result.Group, GroupStyle(result.Group)),
                double.IsNaN(result.Error)
                    ? (WithoutTestImages, "grey")
                    : ($"{Figures.Points(result.Error)} %", "bold"),
                (Bar(result.Error, glyphs), GroupStyle(result.Group))
            );
        }

        foreach (var line in table.Lines(indent: 1))
        {
            yield return line;
        }

        if (Undefined(record) is { } undefined)
        {
            yield return new Line().Add($" {undefined}", "grey");
        }

        if (results.Count > shown.Count)
        {
            yield return new Line().Add(
                $" the {shown.Count} worst of {results.Count} classes; all of them: mm show {record.Id} --json",
                "grey"
            );
        }
    }

    /// <summary>The colour of a shot group, the same wherever it is shown.</summary>
    public static string GroupStyle(string group) =>
        group switch
        {
            "few" => "cyan",
            "medium" => "blue",
            _ => "",
        };

    private static string Bar(double error, Glyphs glyphs) =>
        double.IsFinite(error) ? new string(glyphs.BarFull, (int)Math.Round(error * BarWidth)) : "";
}
