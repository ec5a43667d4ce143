using System.Globalization;
using System.Text.RegularExpressions;

namespace MMOrleans.Configuration.Sources;

/// <summary>The plain number that a person probably meant by another spelling of one.</summary>
internal static partial class NumberMeant
{
    /// <returns>Null when there is no such number, or two: 1,000 is a thousand to some and one to others.</returns>
    /// <param name="text">As written.</param>
    /// <param name="whole">Whether only whole numbers will do.</param>
    public static string? Of(string text, bool whole)
    {
        var ascii = string.Concat(text.Select(Digit)).Trim();
        var plain =
            Grouped().IsMatch(ascii) && (whole || ascii.Any(c => c is '_' or '\'' or ' '))
                ? Group().Replace(ascii, "")
            : Decimal().IsMatch(ascii) && !ascii.EndsWith("000", StringComparison.Ordinal)
                ? ascii.Replace(',', '.')
            : ascii;
        if (
            !Number().IsMatch(plain)
            || !decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        )
            return null;
        return whole && number != decimal.Truncate(number) ? null
            : whole ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)
            : plain.TrimStart('+');
    }

    // Arabic, Devanagari, full-width and other digits; and the minus sign of typesetting.
    private static char Digit(char c) =>
        char.IsDigit(c) ? (char)('0' + (int)char.GetNumericValue(c))
        : c is '\u2212' or '\u2013' ? '-'
        : c;

    [GeneratedRegex(@"^[+-]?[0-9]{1,3}([_', \u00A0\u202F][0-9]{3})+$|^[+-]?[0-9]+(_[0-9]+)+$")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"[_', \u00A0\u202F]")]
    private static partial Regex Group();

    [GeneratedRegex("^[+-]?[0-9]+,[0-9]+$")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$")]
    private static partial Regex Number();
}
