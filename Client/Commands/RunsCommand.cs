using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm runs</c></summary>
internal sealed class RunsCommand : Command
{
    private static readonly string[] Orders = ["age", "name", "accuracy", "few", "status"];

    private readonly Option<string?> _status = new("--status")
    {
        Description =
            $"Only runs that are {string.Join(", ", RunStatusWords.All.Select(status => status.Word()))}.",
        HelpName = "STATUS",
    };

    private readonly Option<string[]> _tag = new("--tag")
    {
        Description = "Only runs with this tag, as KEY=VALUE or KEY. Repeatable: all must match.",
        HelpName = "K=V",
    };

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "At most so many runs.",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
    };

    private readonly Option<string> _sort = new("--sort")
    {
        Description = $"Order: {string.Join(", ", Orders)}.",
        HelpName = "BY",
        DefaultValueFactory = _ => "age",
    };

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new RunsCommand(input => Invocation.From(input, context));

    private RunsCommand(Func<ParseResult, Invocation> invocation)
        : base("runs", "List runs.")
    {
        Add(_status);
        Add(_tag);
        Add(_limit);
        Add(_sort);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                var query = new Query(
                    input.GetValue(_status),
                    input.GetValue(_tag) ?? [],
                    input.GetValue(_limit),
                    input.GetValue(_sort) ?? "age"
                );
                Check(query);
                await using var shelf = await RunLibrary.OpenAsync(
                    context,
                    input.GetValue(_output),
                    cancellationToken
                );
                return List(context, await shelf.CatalogueAsync(cancellationToken), query);
            }
        );
    }

    /// <summary>Which runs, how many, in which order.</summary>
    internal sealed record Query(string? Status, IReadOnlyList<string> Tags, int Limit, string Sort);

    internal static int List(Invocation invocation, RunCatalogue catalogue, Query query)
    {
        Check(query);
        var records = catalogue.List(out var unreadable);
        foreach (var id in unreadable)
        {
            invocation.Terminal.Say(
                new Line().Add($"{id} is left out: its run.json cannot be read", "yellow")
            );
        }

        var rows = records
            .Select(record => (Record: record, Standing: RunStanding.Of(record, catalogue.Folder(record.Id))))
            .Where(row => query.Status is null || row.Standing.Word() == query.Status)
            .Where(row => query.Tags.All(tag => HasTag(row.Record, tag)));
        var chosen = Sorted(rows, query.Sort).Take(query.Limit).ToList();
        invocation.Answer(
            () => Document(chosen.Select(row => RunDocument.Of(row.Record, catalogue.Folder(row.Record.Id)))),
            () => Table(chosen, invocation, records.Count, catalogue)
        );
        return 0;
    }

    private static void Check(Query query)
    {
        if (query.Status is { } status && !RunStatusWords.TryRead(status, out _))
        {
            throw new FaultException(
                "MM1004",
                $"--status must be one of {string.Join(", ", RunStatusWords.All.Select(status => status.Word()))}, got '{status}'",
                "mm runs --status running"
            );
        }

        if (!Orders.Contains(query.Sort))
        {
            throw new FaultException(
                "MM1004",
                $"--sort must be one of {string.Join(", ", Orders)}, got '{query.Sort}'",
                "mm runs --sort few"
            );
        }

        if (query.Limit < 1)
        {
            throw new FaultException(
                "MM1004",
                $"--limit must be 1 or more, got {query.Limit}",
                "mm runs --limit 20"
            );
        }
    }

    private static JsonObject Document(IEnumerable<JsonObject> runs)
    {
        var document = RunJson.Of("runs");
        document["runs"] = new JsonArray([.. runs]);
        return document;
    }

    private static IEnumerable<Line> Table(
        List<(RunRecord Record, RunStatus Standing)> rows,
        Invocation invocation,
        int all,
        RunCatalogue catalogue
    )
    {
        if (rows.Count == 0)
        {
            var words =
                invocation is { Elsewhere: { } typed, Cluster: null }
                && !Directory.Exists(invocation.RunsFolder(typed))
                    ? $"there is no folder {typed}"
                : all == 0 ? "no runs yet; start one with: mm train"
                : $"none of {all} runs matches";
            invocation.Terminal.Say(new Line().Add(words, "grey"));
            return [];
        }

        var table = new TextTable(
            ("RUN", false),
            ("NAME", false),
            ("METHOD", false),
            ("STATUS", false),
            ("EPOCH", true),
            ("ACC", true),
            ("FEW", true),
            ("ETA", true),
            ("TRAINERS", true),
            ("AGE", true),
            ("", false)
        );
        foreach (var (record, standing) in rows)
        {
            var live = RunStanding.IsLive(catalogue.Folder(record.Id));
            table.Add(
                (record.Id, "cyan"),
                (record.Name, ""),
                (RunDocument.Specification(record).Method.Name, ""),
                (standing.Word(), RunStanding.Style(standing)),
                ($"{record.Epoch}/{record.Epochs}", ""),
                (Figures.Points(record.Last?.Accuracy), ""),
                (Figures.Points(record.Last?.Few), ""),
                (live && Left(record) is { } left ? Figures.Short(left) : "-", ""),
                ($"{record.Trainers.Count}", ""),
                (Figures.Short(invocation.Clock.GetUtcNow() - record.Created), ""),
                record.Error is { } error
                    ? ($"{error.Code} {error.Message}", "red")
                    : (record.WaitingFor ?? "", "yellow")
            );
        }

        return table.Lines();
    }

    // The last epoch's pace: asking every run's process would take seconds.
    private static TimeSpan? Left(RunRecord record) =>
        record.Last is { Seconds: > 0 } last
            ? TimeSpan.FromSeconds(last.Seconds * (record.Epochs - record.Epoch))
            : null;

    private static IEnumerable<(RunRecord Record, RunStatus Standing)> Sorted(
        IEnumerable<(RunRecord Record, RunStatus Standing)> rows,
        string by
    ) =>
        by switch
        {
            "name" => rows.OrderBy(row => row.Record.Name, StringComparer.Ordinal),
            "accuracy" => rows.OrderByDescending(row => row.Record.Last?.Accuracy ?? -1),
            "few" => rows.OrderByDescending(row => row.Record.Last?.Few ?? -1),
            "status" => rows.OrderBy(row => row.Standing.Word(), StringComparer.Ordinal),
            _ => rows.OrderByDescending(row => row.Record.Created),
        };

    private static bool HasTag(RunRecord record, string tag)
    {
        var parts = tag.Split('=', 2);
        return record.Tags.TryGetValue(parts[0], out var value) && (parts.Length == 1 || value == parts[1]);
    }
}
