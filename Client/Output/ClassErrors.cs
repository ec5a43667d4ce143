using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Output;

/// <summary>One class of the last evaluation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TrainingImages">How many images it was trained on.</param>
/// <param name="Group"><c>many</c>, <c>medium</c> or <c>few</c>.</param>
/// <param name="Accuracy">Share of its test images classified rightly; NaN when it has none.</param>
internal sealed record ClassResult(string Name, int TrainingImages, string Group, double Accuracy)
{
    public double Error => 1 - Accuracy;
}

/// <summary>The error of every class, which an average hides on imbalanced data.</summary>
internal static class ClassErrors
{
    private const int BarWidth = 20;

    // A hundred classes do not fit a screen: the table then shows those that matter most.
    private const int ShownAtMost = 20;

    /// <summary>In order of falling training count; none before the first evaluation.</summary>
    public static IReadOnlyList<ClassResult> Of(RunRecord record)
    {
        if (record.ClassAccuracy.Count == 0 || record.ClassCounts.Count != record.ClassAccuracy.Count)
        {
            return [];
        }

        var groups = Groups(record);
        return
        [
            .. Enumerable
                .Range(0, record.ClassCounts.Count)
                .OrderByDescending(c => record.ClassCounts[c])
                .ThenBy(c => c)
                .Select(c => new ClassResult(
                    Name(record, c),
                    record.ClassCounts[c],
                    groups.Many.Contains(c) ? "many"
                        : groups.Medium.Contains(c) ? "medium"
                        : "few",
                    record.ClassAccuracy[c]
                )),
        ];
    }

    /// <summary>The class with the largest error; null before the first evaluation.</summary>
    public static ClassResult? Worst(RunRecord record) =>
        Of(record).Where(result => double.IsFinite(result.Accuracy)).MinBy(result => result.Accuracy);

    /// <summary>How the run's classes are grouped.</summary>
    public static ShotGroups Groups(RunRecord record) =>
        ShotGroups.Parse(SettingsOf.Text(record, "groups") ?? "auto", record.ClassCounts);

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
                ($"{Figures.Points(result.Error)} %", "bold"),
                (Bar(result.Error, glyphs), GroupStyle(result.Group))
            );
        }

        foreach (var line in table.Lines(indent: 1))
        {
            yield return line;
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

    private static string Name(RunRecord record, int index) =>
        index < record.ClassNames.Count ? record.ClassNames[index] : $"class {index}";
}
