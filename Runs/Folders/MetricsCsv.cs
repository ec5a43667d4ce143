using System.Text;

namespace MMOrleans.Runs.Folders;

/// <summary>Writes and reads <c>metrics.csv</c>: a header and one row per epoch, each epoch once.</summary>
/// <remarks>Replaced whole at every epoch: some tens of kilobytes, and no reader ever meets half a row.</remarks>
public static class MetricsCsv
{
    /// <summary>The rows in order of their epochs; none when there is no file. A line that is no row is passed over.</summary>
    public static IReadOnlyList<EpochRow> Read(string path) =>
        File.Exists(path)
            ?
            [
                .. File.ReadLines(path)
                    .Skip(1)
                    .Select(EpochRow.FromCsv)
                    .OfType<EpochRow>()
                    .OrderBy(row => row.Epoch),
            ]
            : [];

    /// <summary>Adds an epoch.</summary>
    /// <returns>The row that the file holds for this epoch: the given one, or the one that was there already.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static EpochRow Append(string path, EpochRow row)
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

    private static void Write(string path, IEnumerable<EpochRow> rows)
    {
        var text = new StringBuilder(string.Join(',', EpochRow.Columns)).Append('\n');
        foreach (var row in rows.OrderBy(row => row.Epoch))
        {
            text.Append(row.ToCsv()).Append('\n');
        }

        AtomicFile.Write(path, text.ToString());
    }
}
