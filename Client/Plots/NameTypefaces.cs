using System.Collections.Concurrent;
using System.Text;
using SkiaSharp;

namespace MMOrleans.Client.Plots;

/// <summary>Which typeface draws a letter of a class name: one that the program carries, else one of this machine.</summary>
internal static class NameTypefaces
{
    private static readonly Lazy<SKTypeface[]> Carried = new(() =>
        [EmbeddedTypefaces.Load("DejaVuSans.ttf"), EmbeddedTypefaces.Load("DroidSansFallback.ttf")]
    );

    private static readonly ConcurrentDictionary<Rune, SKTypeface?> Known = [];

    /// <summary>The typeface that text of figures has.</summary>
    public static SKTypeface Usual => Carried.Value[0];

    /// <summary>The first typeface with a letter; null where none has it.</summary>
    public static SKTypeface? Of(Rune letter) =>
        Known.GetOrAdd(
            letter,
            static rune =>
                Carried.Value.FirstOrDefault(face => Has(face, rune))
                ?? SKFontManager
                    .Default.FontFamilies.Select(SKFontManager.Default.MatchFamily)
                    .FirstOrDefault(face => face is not null && Has(face, rune))
        );

    /// <summary>Whether every letter of a name can be drawn.</summary>
    public static bool CanDraw(string name) =>
        name.EnumerateRunes().All(rune => NameText.HasNoForm(rune) || Of(rune) is not null);

    private static bool Has(SKTypeface face, Rune rune) => face.GetGlyph(rune.Value) != 0;
}
