using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Runs.Folders;

/// <summary>One class of a run's last evaluation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TrainingImages">How many images it was trained on.</param>
/// <param name="Group"><c>many</c>, <c>medium</c> or <c>few</c>.</param>
/// <param name="Accuracy">Share of its test images classified rightly; NaN when it has none.</param>
public sealed record ClassResult(string Name, int TrainingImages, string Group, double Accuracy)
{
    /// <summary>The rest of them.</summary>
    public double Error => 1 - Accuracy;

    /// <summary>Its number in the data, from 0.</summary>
    public int Index { get; init; }
}

/// <summary>Every class of a run's last evaluation.</summary>
public static class ClassResults
{
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
                    NameOf(record, c),
                    record.ClassCounts[c],
                    groups.NameOf(c),
                    record.ClassAccuracy[c] ?? double.NaN
                )
                {
                    Index = c,
                }),
        ];
    }

    /// <summary>Names of the classes whose error is undefined, because they have no test images; none before the first evaluation.</summary>
    public static IReadOnlyList<string> WithoutTestImages(RunRecord record) =>
        [.. Of(record).Where(result => double.IsNaN(result.Accuracy)).Select(result => result.Name)];

    /// <summary>How the run's classes are grouped.</summary>
    public static ShotGroups Groups(RunRecord record) =>
        ShotGroups.Parse(record.SettingsOrDefaults.Groups, record.ClassCounts);

    /// <summary>A class's name; its number where it has none.</summary>
    public static string NameOf(RunRecord record, int index) =>
        index < record.ClassNames.Count ? record.ClassNames[index] : $"class {index}";
}
