using System.Globalization;
using System.Text;

namespace MMOrleans.Client.Reports;

/// <summary>The tables of a report as comma-separated text.</summary>
internal static class ReportTables
{
    /// <summary><c>per_class.csv</c>: a line a class, by falling training count.</summary>
    public static string PerClass(RunReport report)
    {
        var text = new StringBuilder("class,training_images,group,accuracy,error\n");
        foreach (var result in report.Classes)
            text.AppendJoin(
                    ',',
                    Cell(result.Name),
                    Number(result.TrainingImages),
                    result.Group,
                    Number(result.Accuracy),
                    Number(result.Error)
                )
                .Append('\n');
        return text.ToString();
    }

    /// <summary><c>confusion.csv</c>: images by true class (rows) and predicted class (columns), in the order of the classes' numbers.</summary>
    public static string Confusion(RunReport report)
    {
        var record = report.Record;
        var classes = record.ClassCounts.Count;
        var names = Enumerable
            .Range(0, classes)
            .Select(c => Cell(c < record.ClassNames.Count ? record.ClassNames[c] : $"class {c}"))
            .ToList();
        var text = new StringBuilder("true\\predicted,").AppendJoin(',', names).Append('\n');
        if (record.Confusion.Count == classes * classes)
            for (var row = 0; row < classes; row++)
                text.Append(names[row])
                    .Append(',')
                    .AppendJoin(',', record.Confusion.Skip(row * classes).Take(classes))
                    .Append('\n');
        return text.ToString();
    }

    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
