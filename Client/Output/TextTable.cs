using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>Columns under headings, no lines between them: reads well, cuts well, and a pipe gets it whole.</summary>
/// <remarks>Spectre's own table wraps cells at the console's width, which a pipe does not have.</remarks>
internal sealed class TextTable
{
    private const string Gap = "   ";

    private readonly (string Heading, bool Right)[] _columns;
    private readonly List<(string Text, string Style)[]> _rows = [];

    /// <param name="columns">Headings, and whether a column is numbers and so aligned to the right.</param>
    public TextTable(params (string Heading, bool Right)[] columns) => _columns = columns;

    public void Add(params (string Text, string Style)[] cells)
    {
        if (cells.Length != _columns.Length)
        {
            throw new ArgumentException(
                $"{cells.Length} cells for {_columns.Length} columns.",
                nameof(cells)
            );
        }

        _rows.Add(cells);
    }

    public IReadOnlyList<Line> Lines(int indent = 0)
    {
        var widths = _columns
            .Select(
                (column, i) =>
                    _rows.Select(row => row[i].Text.GetCellWidth()).Append(column.Heading.Length).Max()
            )
            .ToArray();
        List<Line> lines = [Row([.. _columns.Select(column => (column.Heading, "grey"))])];
        lines.AddRange(_rows.Select(Row));
        return lines;

        Line Row((string Text, string Style)[] cells)
        {
            var line = new Line().Add(new string(' ', indent));
            for (var i = 0; i < cells.Length; i++)
            {
                var pad = new string(' ', widths[i] - cells[i].Text.GetCellWidth());
                var last = i == cells.Length - 1;
                line.Add(i == 0 ? "" : Gap).Add(_columns[i].Right ? pad : "");
                line.Add(cells[i].Text, cells[i].Style).Add(_columns[i].Right || last ? "" : pad);
            }

            return line;
        }
    }
}
