using System.Text.Json;
using MMOrleans.Client.Plots;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Client.Reports;

/// <summary>Writes the files of a report.</summary>
internal static class ReportFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes all of it; files of an earlier report are replaced, each whole.</summary>
    /// <returns>The files' names.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static IReadOnlyList<string> Write(string folder, RunReport report)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(folder, fault);
        }

        var figures = ReportFigures.Of(report).ToList();
        var pictures = figures.Select(figure => (figure.Title, FigureFiles.Write(folder, figure))).ToList();
        (string Name, string Content)[] files =
        [
            ("metrics.json", report.Document().ToJsonString(Indented) + "\n"),
            ("per_class.csv", ReportTables.PerClass(report)),
            ("confusion.csv", ReportTables.Confusion(report)),
            // Last, so that what it is about is there when it is.
            ("index.html", ReportPage.Of(report, pictures)),
        ];
        foreach (var (name, content) in files)
            AtomicFile.Write(Path.Combine(folder, name), content);
        return
        [
            .. files.Select(file => file.Name),
            .. report.WithoutPredictions is null ? [Predictions.FileName] : Array.Empty<string>(),
            .. figures.SelectMany(figure => new[] { $"{figure.Name}.svg", $"{figure.Name}.png" }),
        ];
    }
}
