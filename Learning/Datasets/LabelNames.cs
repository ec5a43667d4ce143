using System.Globalization;

namespace MMOrleans.Learning.Datasets;

/// <summary>Classes from labels that are numbers from 0, or else names.</summary>
/// <param name="Names">In the order of the numbers.</param>
internal sealed record LabelNames(IReadOnlyList<string> Names)
{
    private bool AreNumbers { get; init; }

    /// <param name="labels">Of all images of both splits.</param>
    /// <param name="known">Names of the numbers, where the files say them.</param>
    /// <exception cref="LearningFault">MM2004: a number that can be no class.</exception>
    public static LabelNames Of(IReadOnlyCollection<string> labels, IReadOnlyList<string>? known = null)
    {
        if (
            !labels.All(label =>
                int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            )
        )
            return new([.. labels.Distinct().Order(StringComparer.Ordinal)]);
        var numbers = labels.Select(label => int.Parse(label, CultureInfo.InvariantCulture)).ToHashSet();
        var last = numbers.Max();
        foreach (var wrong in numbers.Where(n => n < 0 || last >= OwnImages.MostClasses))
            throw new LearningFault(
                "MM2004",
                $"an image has the label {(wrong < 0 ? wrong : last)}; labels count from 0 to {OwnImages.MostClasses - 1}",
                "number the classes from 0 without gaps"
            );
        return new(
            known is not null && known.Count > last
                ? known
                : [.. Enumerable.Range(0, last + 1).Select(c => $"class {c}")]
        )
        {
            AreNumbers = true,
        };
    }

    public IReadOnlyList<int> Number(IReadOnlyCollection<string> labels)
    {
        if (AreNumbers)
            return [.. labels.Select(label => int.Parse(label, CultureInfo.InvariantCulture))];
        var numbers = Names.Select((name, number) => (name, number)).ToDictionary(n => n.name, n => n.number);
        return [.. labels.Select(label => numbers[label])];
    }
}
