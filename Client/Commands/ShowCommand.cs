using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm show RUN</c></summary>
internal sealed class ShowCommand : Command
{
    private readonly Option<bool> _config = new("--config")
    {
        Description = "Print the resolved configuration as YAML; it starts the same run again.",
    };

    private readonly Option<bool> _origins = new("--origins")
    {
        Description = "With --config: say where each value came from.",
    };

    public static Command Create(CommandContext context) => new ShowCommand(context);

    private ShowCommand(CommandContext context)
        : base("show", "Show a run's configuration, progress and results.")
    {
        Add(_config);
        Add(_origins);
        OpenedRun.For(
            this,
            context,
            (run, input, _) =>
                Task.FromResult(
                    input.GetValue(_config) || input.GetValue(_origins)
                        ? Configuration(run.Invocation, run.Folder, input.GetValue(_origins))
                        : Show(run.Invocation, run.Folder)
                )
        );
    }

    internal static int Show(Invocation invocation, RunFolder folder)
    {
        var record = RunRecord.Read(folder.Record);
        var checkpoints = new CheckpointStore(folder.Checkpoints).List();
        var goodput = Goodput.Of(
            RunEvidence.Read(folder, invocation.Clock.GetUtcNow(), RunStanding.IsLive(folder))
        );
        invocation.Answer(
            () =>
            {
                var document = RunDocument.Of(record, folder);
                document["checkpoints"] = new JsonArray([
                    .. checkpoints.Select(entry => (JsonNode)CheckpointsCommand.Document(folder, entry)),
                ]);
                document["epochs_done"] = new JsonArray([
                    .. MetricsCsv.Read(folder.Metrics).Select(row => (JsonNode)RunJson.Metrics(row)),
                ]);
                document["goodput"] = goodput is null ? null : JsonNode.Parse(goodput.ToJson());
                return document;
            },
            () => Lines(invocation, record, folder, checkpoints, goodput)
        );
        return 0;
    }

    internal static int Configuration(Invocation invocation, RunFolder folder, bool origins)
    {
        var record = RunRecord.Read(folder.Record);
        var yaml = RecordedConfiguration.Read(folder);
        if (invocation.Json)
        {
            var document = RunJson.Of("configuration");
            document["run"] = record.Id;
            document["yaml"] = yaml;
            document["specification"] = JsonNode.Parse(record.Specification.GetRawText());
            RunJson.Write(invocation.Terminal.Output, document);
            return 0;
        }

        foreach (var line in yaml.TrimEnd('\n').Split('\n'))
        {
            // Where a value came from stands behind it as a comment.
            invocation.Terminal.Output.WriteLine(origins ? line : ConfigurationWriter.WithoutOrigin(line));
        }

        return 0;
    }

    private static IEnumerable<Line> Lines(
        Invocation invocation,
        RunRecord record,
        RunFolder folder,
        IReadOnlyList<CheckpointEntry> checkpoints,
        Goodput? goodput
    )
    {
        var standing = RunStanding.Of(record, folder);
        foreach (
            var line in RunSummary.Lines(
                record,
                invocation.Shown(folder),
                standing,
                invocation.Terminal.Glyphs
            )
        )
        {
            yield return line;
        }

        yield return RunSummary
            .Labelled("trainers")
            .Add(
                string.Join(", ", record.Trainers.Select(trainer => $"{trainer.Trainer} on {trainer.Device}"))
            );
        if (goodput is not null)
        {
            yield return GoodputText.After(RunSummary.Labelled("goodput"), goodput);
        }

        yield return RunSummary
            .Labelled("checkpoints")
            .Add(checkpoints.Count > 0 ? string.Join(", ", checkpoints.Select(entry => entry.Name)) : "none");
        if (record.Parent is { } parent)
        {
            yield return RunSummary.Labelled("parent").Add(parent);
        }

        if (record.Tags.Count > 0)
        {
            yield return RunSummary
                .Labelled("tags")
                .Add(string.Join(", ", record.Tags.Select(tag => $"{tag.Key}={tag.Value}")));
        }

        yield return RunSummary
            .Labelled("started")
            .Add($"{record.Created.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on {record.Host}");
        if (record.StateSha256 is { } hash)
        {
            yield return RunSummary.Labelled("state").Add($"sha256 {hash}");
        }

        foreach (var line in RunSummary.Next(record, standing, invocation.ClusterFlag))
        {
            yield return line;
        }

        if (record.Error is { } error)
        {
            yield return new Line();
            yield return new Line().Add($"{error.Code}: ", "bold red").Add(error.Message);
            yield return new Line().Add("  fix   ", "grey").Add(error.Fix);
        }
    }
}
