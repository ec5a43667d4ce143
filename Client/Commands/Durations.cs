using System.Globalization;
using System.Text.RegularExpressions;

namespace MMOrleans.Client.Commands;

/// <summary>Durations as people write them: <c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1h30m</c>, <c>1d</c>.</summary>
internal static partial class Durations
{
    /// <summary>The duration; null when the text is none.</summary>
    public static TimeSpan? Read(string text)
    {
        if (text.Length == 0 || !Whole().IsMatch(text))
        {
            return null;
        }

        var seconds = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            var unit = part.Groups[2].Value switch
            {
                "d" => 86_400,
                "h" => 3_600,
                "m" => 60,
                _ => 1,
            };
            seconds += double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
        }

        return seconds <= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"^(\d+(\.\d+)?[dhms])+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)([dhms])", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
