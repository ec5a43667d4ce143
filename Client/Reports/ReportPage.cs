using System.Globalization;
using System.Net;
using System.Text;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Reports;

/// <summary><c>index.html</c>: everything in one file, which asks nothing of any network.</summary>
internal static class ReportPage
{
    private const string Style = """
        body{font:16px/1.5 "DejaVu Sans",Verdana,sans-serif;color:#222;max-width:62rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #ddd}
        p.what{color:#555;margin:.2rem 0 0}table{border-collapse:collapse;font-size:.9rem}
        th{text-align:left;font-weight:600}th,td{padding:.15rem 1.2rem .15rem 0}td.n{text-align:right;font-variant-numeric:tabular-nums}
        figure{margin:1rem 0}figure img{max-width:100%;height:auto}
        ul.missing{background:#fff8e6;border-left:4px solid #e69f00;padding:.6rem 1rem .6rem 2rem}
        """;

    /// <param name="report">What it says.</param>
    /// <param name="figures">Title and SVG text of each figure.</param>
    public static string Of(RunReport report, IReadOnlyList<(string Title, string Svg)> figures)
    {
        var page = new StringBuilder(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        )
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n")
            .Append(
                $"<title>{Text(report.Record.Id)} {Text(report.Record.Name)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n"
            )
            .Append($"<h1>{Text(report.Record.Name)}</h1>\n")
            .Append(
                $"<p class=\"what\">{Text(report.Record.Id)} · {Text(RunTitle.Of(report.Specification, Glyphs.Monochrome))} · {Text(report.Standing.Word())} at epoch {report.Record.Epoch} of {report.Specification.TotalEpochs}</p>\n"
            );
        page.Append("<h2>Metrics of the last evaluation</h2>\n<table>\n");
        foreach (var (metric, value) in RunDocument.MetricsOf(report.Record))
            page.Append(
                $"<tr><th>{Text(metric.Shown.Replace('_', ' '))}</th><td class=\"n\">{Number(value, metric.Shown)}</td></tr>\n"
            );
        if (report.Record.Best is { } best)
            page.Append($"<tr><th>best epoch</th><td class=\"n\">{best.Epoch}</td></tr>\n");
        page.Append("</table>\n");
        if (report.Missing.Count > 0)
        {
            page.Append("<h2>What is missing</h2>\n<ul class=\"missing\">\n");
            foreach (var words in report.Missing)
                page.Append($"<li>{Text(words)}</li>\n");
            page.Append("</ul>\n");
        }

        if (report.Record is { SkippedImages: > 0 } or { PassedOver.Count: > 0 })
        {
            page.Append("<h2>Images that were not read</h2>\n<ul class=\"missing\">\n");
            if (report.Record.SkippedImages > 0)
                page.Append($"<li>images that cannot be read: {report.Record.SkippedImages}</li>\n");
            foreach (var kind in report.Record.PassedOver)
                page.Append($"<li>{Text(kind.ToString())}</li>\n");
            page.Append("</ul>\n");
        }

        page.Append("<h2>Figures</h2>\n");
        foreach (var (title, svg) in figures)
        {
            // As images of their own: the names inside one drawing would clash with those of the next.
            page.Append(
                $"<figure><img alt=\"{Text(title)}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\"></figure>\n"
            );
        }

        if (report.Classes.Count > 0)
        {
            page.Append(
                "<h2>Classes</h2>\n<table>\n<tr><th>class</th><th>training images</th><th>group</th><th>test error</th></tr>\n"
            );
            foreach (var result in report.Classes)
                page.Append(
                    $"<tr><td>{Text(result.Name)}</td><td class=\"n\">{result.TrainingImages}</td><td>{result.Group}</td><td class=\"n\">{(double.IsNaN(result.Error) ? ClassErrors.WithoutTestImages : Number(result.Error, "error"))}</td></tr>\n"
                );
            page.Append("</table>\n");
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>Rounded for the eye, whole for a program.</summary>
    private static string Number(double? value, string name) =>
        value is { } number && double.IsFinite(number)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"<data class=\"{name}\" value=\"{number:R}\">{number:0.0000}</data>"
            )
            : "-";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
