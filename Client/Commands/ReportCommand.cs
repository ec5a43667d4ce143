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

    public static Command Create(CommandContext context) => new ReportCommand(context);

    private ReportCommand(CommandContext context)
        : base("report", "Write a run's report: a page, figures and tables, in its folder.")
    {
        Add(_run);
        Add(_output);
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
                return Report(invocation, folder, place);
            }
        );
    }

    internal static int Report(Invocation invocation, RunFolder folder, string place)
    {
        var record = RunRecord.Read(folder.Record);
        var report = new RunReport(record, RunStanding.Of(record, folder), MetricsCsv.Read(folder.Metrics));
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
