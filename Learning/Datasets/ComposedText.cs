using System.Globalization;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Letters with their marks as single characters (Unicode's form NFC), as far as names are compared.</summary>
/// <remarks>The runtime does this only with the libraries of a system's languages, which this program does without.</remarks>
internal static class ComposedText
{
    // Syllables of Hangul are composed by arithmetic: https://www.unicode.org/versions/latest/core-spec/chapter-3/#G56669.
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Vowels = 21;
    private const int Trails = 28;

    private static readonly Dictionary<(char Base, char Mark), char> Pairs = Read();

    public static string Of(string text)
    {
        if (text.All(char.IsAscii))
            return text;
        var composed = new StringBuilder(text.Length);
        foreach (var next in text)
            if (composed.Length > 0 && Pair(composed[^1], next) is { } one)
                composed[^1] = one;
            else
                composed.Append(next);
        return composed.ToString();
    }

    private static char? Pair(char first, char next)
    {
        if (Pairs.TryGetValue((first, next), out var composed))
            return composed;
        var (lead, vowel, trail) = (first - LeadBase, next - VowelBase, next - TrailBase);
        if (lead is >= 0 and < 19 && vowel is >= 0 and < Vowels)
            return (char)(SyllableBase + (((lead * Vowels) + vowel) * Trails));
        var syllable = first - SyllableBase;
        return syllable is >= 0 and < 11_172 && syllable % Trails == 0 && trail is > 0 and < Trails
            ? (char)(first + trail)
            : null;
    }

    // Lines of base, mark and what they compose, hexadecimal: the two-part canonical decompositions of letters in UnicodeData.txt.
    private static Dictionary<(char Base, char Mark), char> Read()
    {
        using var stream = typeof(ComposedText).Assembly.GetManifestResourceStream("Compositions.txt")!;
        using var reader = new StreamReader(stream);
        var pairs = new Dictionary<(char Base, char Mark), char>();
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ')
                .Select(part =>
                    (char)ushort.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                )
                .ToArray();
            pairs.Add((parts[0], parts[1]), parts[2]);
        }

        return pairs;
    }
}
