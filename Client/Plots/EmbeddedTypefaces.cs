using ScottPlot;
using SkiaSharp;

namespace MMOrleans.Client.Plots;

/// <summary>The typeface that the program carries, so that figures have their text also where no font is installed.</summary>
internal sealed class EmbeddedTypefaces : IFontResolver
{
    public const string Family = "DejaVu Sans";

    private static readonly Lazy<SKTypeface> Regular = new(() => Load("DejaVuSans.ttf"));
    private static readonly Lazy<SKTypeface> Bold = new(() => Load("DejaVuSans-Bold.ttf"));

    public SKTypeface? CreateTypeface(
        string fontName,
        FontWeight weight,
        FontSlant slant,
        FontSpacing spacing
    ) => CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    // Whatever is asked for, this is what there is: nothing depends on the machine.
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        (bold ? Bold : Regular).Value;

    internal static SKTypeface Load(string name)
    {
        using var stream = typeof(EmbeddedTypefaces).Assembly.GetManifestResourceStream(name)!;
        return SKTypeface.FromStream(stream);
    }
}
