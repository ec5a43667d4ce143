using System.Text.RegularExpressions;
using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>Folds a sentence into lines of a width. A command in it stays in one piece: half of one, pasted, does something else.</summary>
internal static partial class Fold
{
    /// <summary>The lines; a piece that is wider than a line is left out whole if it is a command, and cut by the line if it is not.</summary>
    public static IEnumerable<string> Words(string text, int width)
    {
        var line = "";
        foreach (Match match in Piece().Matches(text))
        {
            var (gap, piece) = (match.Groups[1].Value, match.Groups[2].Value);
            var isCommand = piece.StartsWith("mm ", StringComparison.Ordinal) || piece.StartsWith('\'');
            if (isCommand && piece.GetCellWidth() > width)
                piece = "…";
            if (line.Length == 0)
                line = piece;
            else if ((line + gap + piece).GetCellWidth() <= width)
                line += gap + piece;
            else
            {
                yield return line;
                line = piece;
            }
        }

        if (line.Length > 0)
            yield return line;
    }

    // 'in quotes', mm with its words up to a comma, semicolon, gap or end, or one word.
    [GeneratedRegex(@"(\s*)('mm [^']*'|mm [^,;\s]+(?: [^,;\s]+)*[,;]?|\S+)")]
    private static partial Regex Piece();
}
