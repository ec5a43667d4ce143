using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Client.Reports;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm report RUN</c></summary>
internal sealed class ReportCommand : Command
{
    private readonly Argument<string> _run = RunArguments.Run();
    private readonly Option<string?> _output = RunArguments.Output();

    private readonly Option<string?> _data = new("--data-dir")
    {
        Description = "Where the test images are, for predictions.parquet; where they were in training.",
        HelpName = "DIR",
    };

    public static Command Create(CommandContext context) => new ReportCommand(context);

    private ReportCommand(CommandContext context)
        : base("report", "Write a run's report: a page, figures and tables, in its folder.")
    {
        Add(_run);
        Add(_output);
        Add(_data);
        SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.ForCluster(input, context);
                await using var shelf = await RunShelf.OpenAsync(
                    invocation,
                    input.GetValue(_output),
                    cancellationToken
                );
                var folder = await shelf.ResolveAsync(input.GetRequiredValue(_run), cancellationToken);
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
