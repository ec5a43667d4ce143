using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>The characters a display is drawn with, for terminals with and without Unicode.</summary>
internal sealed record Glyphs(
    char BarFull,
    char BarHalf,
    char BarRest,
    string Spark,
    string Ellipsis,
    string Dot,
    string Times
)
{
    /// <summary>Colour tells the done part of a bar from the rest, so both may share one stroke.</summary>
    public static readonly Glyphs Coloured = new('━', '╸', '━', "▁▂▃▄▅▆▇█", "…", "·", "×");

    /// <summary>Unicode without colour: the rest of a bar is a thinner stroke.</summary>
    public static readonly Glyphs Monochrome = Coloured with { BarRest = '─' };

    public static readonly Glyphs Ascii = new('=', '>', '-', "_.,-~=+#", "...", "-", "x");

    /// <summary>Those that a console can show.</summary>
    public static Glyphs For(IReadOnlyCapabilities capabilities) =>
        !capabilities.Unicode ? Ascii
        : capabilities.ColorSystem == ColorSystem.NoColors ? Monochrome
        : Coloured;
}
