using System.Globalization;

namespace MMOrleans.Learning.Datasets;

/// <summary>Classes from the labels of shards and tables: whole numbers, or names.</summary>
/// <param name="Names">In the order of the numbers.</param>
internal sealed record LabelNames(IReadOnlyList<string> Names)
{
    private Dictionary<string, int> Numbers { get; init; } = [];

    private bool AreNumbers { get; init; }

    /// <param name="labels">Of all images of both splits; null for an image without one.</param>
    /// <param name="known">Names of the numbers from 0, where the files say them.</param>
    /// <exception cref="FaultException">MM2004: a number that cannot be a class.</exception>
    public static LabelNames Of(IReadOnlyCollection<string?> labels, IReadOnlyList<string>? known = null)
    {
        var distinct = labels.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var areNumbers = distinct.All(label => ClassOrder.Number(label) is not null);
        if (areNumbers && distinct.FirstOrDefault(label => ClassOrder.Number(label) < 0) is { } wrong)
            throw new FaultException(
                "MM2004",
                $"an image has the label {wrong}; labels count from 0, and a negative one usually stands for an image whose class is not published",
                "number the classes from 0, or evaluate on a split that has labels: --set dataset.split.test=validation"
            );
        // A number is a class's name, however many zeros it is written with, as it is for a folder.
        var names =
            areNumbers && known is not null && distinct.All(label => ClassOrder.Number(label) < known.Count)
                ? known
                : ClassOrder.Of(distinct.Select(label => Written(label, areNumbers)));
        var isNamed = ReferenceEquals(names, known);
        return new(names)
        {
            AreNumbers = areNumbers,
            Numbers = names
                .Select((name, number) => (Name: isNamed ? $"{number}" : name, number))
                .ToDictionary(one => one.Name, one => one.number, StringComparer.Ordinal),
        };
    }

    /// <summary>Number of each label's class; −1 for an image without one.</summary>
    public IReadOnlyList<int> Number(IReadOnlyCollection<string?> labels) =>
        [.. labels.Select(label => label is null ? -1 : Numbers[Written(label, AreNumbers)])];

    private static string Written(string label, bool isNumber) =>
        isNumber ? ClassOrder.Number(label)!.Value.ToString(CultureInfo.InvariantCulture) : label;
}
