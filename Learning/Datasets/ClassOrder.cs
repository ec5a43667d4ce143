using System.Globalization;
using System.Numerics;

namespace MMOrleans.Learning.Datasets;

/// <summary>The order in which classes count, whatever format they come from.</summary>
/// <remarks>Names that are all whole numbers, no two of them the same number, count as numbers; all others in ordinal order.</remarks>
internal static class ClassOrder
{
    /// <param name="names">Repeated or not.</param>
    /// <returns>Each once.</returns>
    /// <exception cref="FaultException">MM2004: two names that people take for one.</exception>
    public static IReadOnlyList<string> Of(IEnumerable<string> names)
    {
        var distinct = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in distinct)
            if (!seen.TryAdd(ComposedText.Of(name).Trim(), name))
                throw new FaultException(
                    "MM2004",
                    $"the classes '{seen[ComposedText.Of(name).Trim()]}' and '{name}' differ only in blanks at their ends or in how an accent is stored, so that one class would count as two",
                    "give both the same name: rename the folder, or correct the labels"
                );
        var numbers = new Dictionary<BigInteger, string>();
        foreach (var name in distinct)
            if (Number(name) is not { } number || !numbers.TryAdd(number, name))
                return distinct;
        return [.. numbers.OrderBy(one => one.Key).Select(one => one.Value)];
    }

    /// <summary>The whole number that a name is; null for any other name.</summary>
    public static BigInteger? Number(string name) =>
        name.Length <= 40
        && BigInteger.TryParse(
            name,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
}
