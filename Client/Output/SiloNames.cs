using System.Globalization;

namespace MMOrleans.Client.Output;

/// <summary>Names of silos in a line: those that count on from each other as one range, <c>silo-0..4</c>.</summary>
internal static class SiloNames
{
    /// <summary>A range is shorter than its names from here on.</summary>
    private const int Fewest = 3;

    /// <param name="names">In any order.</param>
    public static string Of(IEnumerable<string> names)
    {
        List<List<string>> ranges = [];
        var (prefix, next) = ("", -1L);
        foreach (
            var (name, stem, number) in names
                .Select(Split)
                .OrderBy(n => n.Stem, StringComparer.Ordinal)
                .ThenBy(n => n.Number)
        )
        {
            if (number < 0 || stem != prefix || number != next)
                ranges.Add([]);
            ranges[^1].Add(name);
            (prefix, next) = (stem, number + 1);
        }

        return string.Join(
            ", ",
            ranges.Select(range =>
                range.Count < Fewest ? string.Join(", ", range) : $"{range[0]}..{Split(range[^1]).Number}"
            )
        );
    }

    /// <summary>A name and the number that it ends with; without one, and where zeros stand before it, the whole name and -1.</summary>
    private static (string Name, string Stem, long Number) Split(string name)
    {
        var stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var digits = name[stem.Length..];
        return
            long.TryParse(digits, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == digits
            ? (name, stem, number)
            : (name, name, -1);
    }
}
