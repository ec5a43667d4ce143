using System.Text;
using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>Draws lines in place at the bottom of a terminal, again and again, without flicker.</summary>
/// <remarks>
/// A frame is one write: every line is overwritten and cleared to its end, so nothing blinks, and terminals that know synchronised
/// output show it at once. Spectre's live display erases before it draws and loses its place when the terminal becomes narrower.
/// </remarks>
internal sealed class ScreenArea(IAnsiConsole console, TextWriter terminal)
{
    private const string Begin = "\e[?2026h\e[?25l";
    private const string End = "\e[?2026l";
    private const string ShowCursor = "\e[?25h";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    private IReadOnlyList<Line> _shown = [];

    /// <summary>Replaces what is shown. Lines that do not fit the height are left out from the bottom.</summary>
    /// <param name="lines">None is wider than <paramref name="width"/>.</param>
    /// <param name="width">Columns now.</param>
    /// <param name="height">Rows now.</param>
    public void Draw(IReadOnlyList<Line> lines, int width, int height)
    {
        console.Profile.Width = width;
        var frame = new StringBuilder(Begin);
        Rewind(frame, width);
        _shown = [.. lines.Take(Math.Max(1, height - 1))];
        foreach (var line in _shown)
        {
            frame.Append(Ansi(line)).Append(ClearToEndOfLine).Append('\n');
        }

        terminal.Write(frame.Append(ClearBelow).Append(End));
        terminal.Flush();
    }

    /// <summary>Leaves what is shown where it is and gives the cursor back.</summary>
    public void Leave()
    {
        terminal.Write(ShowCursor);
        terminal.Flush();
    }

    // A terminal that became narrower has wrapped the lines: they take more rows now than were written.
    private void Rewind(StringBuilder frame, int width)
    {
        var rows = _shown.Sum(line => Math.Max(1, (line.Width + width - 1) / Math.Max(1, width)));
        if (rows > 0)
        {
            frame.Append('\r').Append($"\e[{rows}A");
        }
    }

    private string Ansi(Line line) => console.ToAnsi(new Markup(line.Markup())).TrimEnd('\n', '\r');
}
