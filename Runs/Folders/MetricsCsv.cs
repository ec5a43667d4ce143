using System.Globalization;
using System.Text;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Folders;

/// <summary>Writes and reads <c>metrics.csv</c>: a header and one row per epoch, each epoch once.</summary>
/// <remarks>Replaced whole at every epoch: some tens of kilobytes, and no reader ever meets half a row.</remarks>
public static class MetricsCsv
{
    // Columns that are not numbers.
    private const string Phase = "phase";
    private const string SampleSum = "sample_sum";

    /// <summary>The rows in order of their epochs; none when there is no file. A line that is not a row is passed over, and so is a column of another version.</summary>
    public static IReadOnlyList<EpochResult> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        var lines = File.ReadAllLines(path);
        var columns = lines.FirstOrDefault("").Split(',');
        return
        [
            .. lines
                .Skip(1)
                .Select(line => Row(columns, line))
                .OfType<EpochResult>()
                .OrderBy(row => row.Epoch),
        ];
    }

    /// <summary>Adds an epoch.</summary>
    /// <returns>The row that the file holds for this epoch: the given one, or the one that was there already.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static EpochResult Append(string path, EpochResult row)
    {
        var rows = Read(path);
        if (rows.FirstOrDefault(present => present.Epoch == row.Epoch) is { } there)
        {
            return there;
        }

        Write(path, [.. rows, row]);
        return row;
    }

    /// <summary>Removes the epochs after the given one.</summary>
    /// <param name="path">The file; it may be missing.</param>
    /// <param name="epoch">Completed epochs that stay.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static void CutAfter(string path, int epoch)
    {
        if (File.Exists(path))
        {
            Write(path, Read(path).Where(row => row.Epoch <= epoch));
        }
    }

    private static void Write(string path, IEnumerable<EpochResult> rows)
    {
        var text = new StringBuilder(string.Join(',', MetricTable.Columns)).Append('\n');
        foreach (var row in rows.OrderBy(row => row.Epoch))
            text.AppendJoin(',', MetricTable.Columns.Select(column => Cell(row, column))).Append('\n');
        AtomicFile.Write(path, text.ToString());
    }

    private static string Cell(EpochResult row, string column) =>
        column switch
        {
            Phase => row.Phase,
            SampleSum => row.SampleSum.ToString(CultureInfo.InvariantCulture),
            _ => row[column]?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        };

    /// <returns>The row, or null when the line is not one.</returns>
    private static EpochResult? Row(string[] columns, string line)
    {
        var cells = line.Split(',');
        if (cells.Length != columns.Length)
            return null;
        var values = new double?[MetricTable.All.Count];
        var (phase, sampleSum) = ((string?)null, (ulong?)null);
        foreach (var (column, cell) in columns.Zip(cells))
        {
            if (column == Phase)
                phase = cell;
            else if (column == SampleSum)
                sampleSum = ulong.TryParse(cell, CultureInfo.InvariantCulture, out var sum) ? sum : null;
            else if (cell.Length > 0 && MetricTable.Find(column) is { } metric)
            {
                if (!TryRead(metric, cell, out values[metric.Index]))
                    return null;
            }
        }

        return sampleSum is { } samples ? EpochResult.Of(phase, samples, values) : null;
    }

    private static bool TryRead(Metric metric, string cell, out double? value)
    {
        value =
            metric.Kind == MetricKind.Count
                ? long.TryParse(cell, CultureInfo.InvariantCulture, out var count)
                    ? count
                    : null
                : double.TryParse(cell, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : null;
        return value is not null;
    }
}
