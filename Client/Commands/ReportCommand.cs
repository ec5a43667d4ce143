using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Client.Reports;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm report RUN</c></summary>
internal sealed class ReportCommand : Command
{
    private readonly Option<string?> _data = new("--data-dir")
    {
        Description =
            "Folder of the test images, for predictions.parquet; default: the folder used in training.",
        HelpName = "DIR",
    };

    public static Command Create(CommandContext context) => new ReportCommand(context);

    private ReportCommand(CommandContext context)
        : base("report", "Write a run's report: a page, figures and tables, in its folder.")
    {
        Add(_data);
        OpenedRun.For(
            this,
            context,
            async (run, input, cancellationToken) =>
            {
                var (invocation, shelf, folder) = run;
                // A cluster's run is a copy that goes with this command: its report is written here.
                var place = shelf.Cluster is null
                    ? folder.Report
                    : Path.Combine(invocation.WorkingFolder, $"report-{folder.RunId}");
                var without = await Predictions.MakeAsync(
                    invocation,
                    folder,
                    place,
                    input.GetValue(_data) ?? context.Environment["MM_DATA_DIR"],
                    cancellationToken
                );
                return Report(invocation, folder, place, without);
            }
        );
    }

    /// <param name="invocation">Where the answer goes.</param>
    /// <param name="folder">The run.</param>
    /// <param name="place">The report's folder.</param>
    /// <param name="withoutPredictions">Why there is no <c>predictions.parquet</c>; null when there is.</param>
    internal static int Report(
        Invocation invocation,
        RunFolder folder,
        string place,
        string? withoutPredictions = null
    )
    {
        var record = RunRecord.Read(folder.Record);
        var report = new RunReport(
            record,
            RunStanding.Of(record, folder),
            MetricsCsv.Read(folder.Metrics),
            withoutPredictions
        );
        var files = ReportFolder.Write(place, report);
        invocation.Answer(
            () =>
            {
                var document = report.Document();
                document["folder"] = place;
                document["files"] = new JsonArray([.. files.Select(name => (JsonNode)name!)]);
                return document;
            },
            () =>
                [
                    .. report.Missing.Select(words => RunSummary.Labelled("missing").Add(words, "yellow")),
                    RunSummary
                        .Labelled("report")
                        .Add(invocation.Shown(Path.Combine(place, "index.html")), "bold"),
                ]
        );
        return ExitCode.Success;
    }
}
