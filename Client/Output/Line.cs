using System.Text;
using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>One line of a display: pieces of text, each with a Spectre style, and never wider than it is cropped to.</summary>
internal sealed class Line
{
    private readonly List<(string Text, string Style)> _pieces = [];

    /// <summary>Terminal cells used so far.</summary>
    public int Width { get; private set; }

    /// <param name="text">Control characters are dropped: a message must not move the cursor.</param>
    /// <param name="style">Such as <c>bold green</c>; empty for plain.</param>
    public Line Add(string text, string style = "")
    {
        var clean = Clean(text);
        if (clean.Length > 0)
        {
            _pieces.Add((clean, style));
            Width += clean.GetCellWidth();
        }

        return this;
    }

    /// <summary>Adds another line's pieces after a gap if the whole then fits a width; half a number or word says something else.</summary>
    public Line AddIfFits(int width, string gap, Line other)
    {
        if (Width + gap.Length + other.Width > width)
        {
            return this;
        }

        Add(gap);
        foreach (var (text, style) in other._pieces)
        {
            Add(text, style);
        }

        return this;
    }

    /// <summary>Adds spaces up to a column, at least <paramref name="least"/> of them.</summary>
    public Line To(int column, int least = 0) => Add(new string(' ', Math.Max(column - Width, least)));

    /// <summary>Adds a name in grey and its value: the display's way to say a number.</summary>
    public Line Named(string name, string value, string style = "bold") =>
        Add(name + " ", "grey").Add(value, style);

    /// <summary>The same line, cut to a width with a mark where something is missing.</summary>
    public Line Crop(int width, Glyphs glyphs)
    {
        if (Width <= width)
        {
            return this;
        }

        var room = Math.Max(0, width - glyphs.Ellipsis.Length);
        var line = new Line();
        foreach (var (text, style) in _pieces)
        {
            var fitting = Fit(text, room - line.Width);
            line.Add(fitting, style);
            if (fitting.Length < text.Length)
            {
                break;
            }
        }

        return line.Add(glyphs.Ellipsis[..Math.Min(glyphs.Ellipsis.Length, width - line.Width)]);
    }

    /// <summary>As Spectre markup.</summary>
    public string Markup()
    {
        var text = new StringBuilder();
        foreach (var (piece, style) in _pieces)
        {
            text.Append(style.Length == 0 ? piece.EscapeMarkup() : $"[{style}]{piece.EscapeMarkup()}[/]");
        }

        return text.ToString();
    }

    /// <summary>Without styles.</summary>
    public override string ToString() => string.Concat(_pieces.Select(piece => piece.Text)).TrimEnd();

    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Where(c => !char.IsControl(c))) : text;

    private static string Fit(string text, int cells)
    {
        var fitting = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.ToString().GetCellWidth();
            if (used > cells)
            {
                break;
            }

            fitting.Append(rune.ToString());
        }

        return fitting.ToString();
    }
}
