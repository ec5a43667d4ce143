using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace MMOrleans.Runs.Specifications;

/// <summary>Holds a record to the ranges and lengths that its members declare, those of the records in it too.</summary>
/// <remarks>The same attributes are the ranges of the configuration's keys; what comes over the network never was a key.</remarks>
public static class RecordLimits
{
    /// <summary>What is out of range: <c>dataset.crop_padding must be 0 to 32, got 1,048,576</c>; nothing when all is well.</summary>
    /// <param name="record">A record of this project.</param>
    /// <param name="within">Where it stands in its document, with a dot at the end; empty for the whole of it.</param>
    public static IEnumerable<string> Against(object record, string within = "")
    {
        foreach (var member in record.GetType().GetProperties())
        {
            if (member.GetValue(record) is not { } value)
                continue;
            var name = within + JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name);
            if (
                member.GetCustomAttribute<MaxLengthAttribute>() is { } length
                && value is IEnumerable items
                && items.Cast<object>().Count() is var count
                && count > length.Length
            )
                yield return $"the length of {name} must be 0 to {length.Length:N0}, got {count:N0}";
            if (member.GetCustomAttribute<RangeAttribute>() is { } range)
                foreach (
                    var number in value is IEnumerable numbers ? numbers.Cast<object>().Distinct() : [value]
                )
                    if (!range.IsValid(number))
                        yield return $"{(value is IEnumerable ? "a number of " : "")}{name} must be {Words(range)}, got {Number(number)}";
            if (value.GetType().Namespace?.StartsWith("MMOrleans.", StringComparison.Ordinal) == true)
                foreach (var problem in Against(value, name + "."))
                    yield return problem;
        }
    }

    private static string Words(RangeAttribute range) =>
        (range.MinimumIsExclusive, range.MaximumIsExclusive, range.Maximum) switch
        {
            (false, _, double.PositiveInfinity) => $"{Number(range.Minimum)} or more",
            (true, _, double.PositiveInfinity) => $"above {Number(range.Minimum)}",
            (true, true, _) => $"between {Number(range.Minimum)} and {Number(range.Maximum)}",
            (true, false, _) => $"above {Number(range.Minimum)} and at most {Number(range.Maximum)}",
            (false, true, _) => $"at least {Number(range.Minimum)} and below {Number(range.Maximum)}",
            _ => $"{Number(range.Minimum)} to {Number(range.Maximum)}",
        };

    private static string Number(object number) =>
        number is double real && real != Math.Floor(real)
            ? real.ToString("R", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{number:N0}");
}
