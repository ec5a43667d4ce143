using System.Globalization;

namespace MMOrleans.Client.Errors;

/// <summary>What editors and chat programs put in place of hyphens and straight quotes.</summary>
internal static class Typography
{
    private static readonly IReadOnlyDictionary<char, string> Dashes = new Dictionary<char, string>
    {
        ['\u2010'] = "a typographic hyphen",
        ['\u2011'] = "a non-breaking hyphen",
        ['\u2012'] = "a figure dash",
        ['\u2013'] = "an en dash",
        ['\u2014'] = "an em dash",
        ['\u2015'] = "a horizontal bar",
        ['\u2212'] = "a minus sign",
        ['\uFE58'] = "a small em dash",
        ['\uFE63'] = "a small hyphen",
        ['\uFF0D'] = "a full-width hyphen",
    };

    private const string Quotation = "\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F";

    /// <summary>The flag that was meant by a word that begins with another dash; null for any other word.</summary>
    public static string? Hyphens(string word)
    {
        if (word.Length == 0 || !Dashes.ContainsKey(word[0]))
            return null;
        var name = word.TrimStart([.. Dashes.Keys, '-']);
        return name.Length switch
        {
            0 => null,
            1 => $"-{name}",
            _ => $"--{name}",
        };
    }

    /// <summary>Such as <c>an en dash (U+2013)</c>.</summary>
    public static string NameOf(char dash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Dashes[dash]} (U+{(int)dash:X4})");

    /// <summary>The word without its typographic quotes; null for one that does not begin with any, nor a value in it.</summary>
    public static string? Quotes(string word)
    {
        var value = word[(word.IndexOf('=') + 1)..];
        return
            (word.Length > 0 && Quotation.Contains(word[0]))
            || (value.Length > 0 && Quotation.Contains(value[0]))
            ? string.Concat(word.Where(c => !Quotation.Contains(c)))
            : null;
    }
}
