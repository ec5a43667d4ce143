using System.CommandLine;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Plots;
using MMOrleans.Client.Processes;
using MMOrleans.Client.Reproduction;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm reproduce table1</c></summary>
internal sealed class ReproduceCommand : Command
{
    private static readonly string[] Own = ["--preset", "--method", "--name", "--seed"];

    private readonly Argument<string> _what = new Argument<string>("TABLE")
    {
        Description = "table1, the paper's.",
    }.AcceptOnlyFromAmong("table1");

    private readonly Option<string?> _rows = new("--rows")
    {
        Description =
            "Methods, separated by commas; default: all methods of the table that this version can train.",
        HelpName = "METHOD,METHOD",
    };

    private readonly Option<string> _columns = new("--columns")
    {
        Description = "Presets, separated by commas.",
        HelpName = "PRESET,PRESET",
        DefaultValueFactory = _ => "cifar10-lt-100",
    };

    private readonly Option<int> _seeds = new("--seeds")
    {
        Description = "Runs of every cell, with seeds from 1.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _fork = new("--fork")
    {
        Description = "Train what rows share before the deferred phase only once; the results are the same.",
    };

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    public static Command Create(CommandContext context) => new ReproduceCommand(context);

    private ReproduceCommand(CommandContext context)
        : base("reproduce", "Run cells of the paper's table and print them beside the published ones.")
    {
        Add(_what);
        Add(_rows);
        Add(_columns);
        Add(_seeds);
        Add(_fork);
        Add(_noProgress);
        foreach (var option in RunOptions.Create().Where(option => !Own.Contains(option.Name)))
            Add(option);
        SetAction(
            (input, interrupt) => ReproduceAsync(Invocation.From(input, context), context, input, interrupt)
        );
    }

    private async Task<int> ReproduceAsync(
        Invocation invocation,
        CommandContext context,
        ParseResult input,
        CancellationToken interrupt
    )
    {
        var rows = Chosen("--rows", input.GetValue(_rows), Trainable, PublishedTable.Rows);
        var columns = Chosen(
            "--columns",
            input.GetValue(_columns),
            PublishedTable.Columns,
            PublishedTable.Columns
        );
        if (input.GetValue(_seeds) is < 1 and var few)
            throw new FaultException("MM1004", $"--seeds must be 1 or more, got {few}", "--seeds 3");
        var sources = RunOptions.Sources(input, context, null);
        // All of them before the first is trained: what is refused is refused at once.
        var runs = (
            from seed in Enumerable.Range(1, input.GetValue(_seeds))
            from column in columns
            from row in rows
            let cell = new Cell(row, column, seed)
            select (Cell: cell, Run: RunConfiguration.Resolve(Of(cell, sources)))
        ).ToList();
        var results = new List<CellResult>();
        foreach (var (cell, run) in runs)
        {
            interrupt.ThrowIfCancellationRequested();
            if (!invocation.Quiet && !invocation.Json)
                invocation.Terminal.Say(
                    new Line().Add($"{results.Count + 1} of {runs.Count}: {cell}", "bold")
                );
            var folder = await TrainAsync(
                invocation,
                context,
                run,
                input.GetValue(_fork),
                !input.GetValue(_noProgress),
                interrupt
            );
            interrupt.ThrowIfCancellationRequested();
            var record = RunRecord.Read(folder.Record);
            if (record.Status != RunStatus.Finished)
                return ExitCode.StoppedByOthers;
            results.Add(CellResult.Of(cell, record, MetricsCsv.Read(folder.Metrics)));
        }

        var table = new ReproducedTable(
            runs[0].Run.Specification.Epochs,
            results,
            Departures.Of(runs.Select(run => (run.Cell, run.Run.Specification)))
        );
        var place = Path.Combine(invocation.WorkingFolder, runs[0].Run.OutputFolder, "table1");
        Write(place, table);
        invocation.Answer(
            table.Document,
            () => [.. table.Lines(), new Line().Add($"written to {invocation.Shown(place)}", "grey")]
        );
        return ExitCode.Success;
    }

    private static IReadOnlyList<string> Trainable { get; } =
    [.. PublishedTable.Rows.Where(row => MethodCatalogue.Find(row) is not null)];

    private static IReadOnlyList<string> Chosen(
        string flag,
        string? given,
        IReadOnlyList<string> choices,
        IReadOnlyList<string> order
    )
    {
        if (given is null)
            return choices;
        var names = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => !choices.Contains(name)) is { } unknown)
            throw new FaultException(
                "MM1007",
                $"{flag} {unknown} is not in the table, or this version cannot train it",
                $"choose from {string.Join(", ", choices)}"
            );
        return [.. order.Where(names.Contains)];
    }

    private static ConfigurationSources Of(Cell cell, ConfigurationSources sources) =>
        sources with
        {
            Flags =
            [
                .. sources.Flags,
                ("--columns", "preset", cell.Column),
                ("--rows", "method.name", cell.Row),
                ("--seeds", "seed", $"{cell.Seed}"),
                ("--rows", "name", cell.RunName),
            ],
        };

    /// <summary>A run that is there is taken as it is or gone on with; only what is missing is trained.</summary>
    private static async Task<RunFolder> TrainAsync(
        Invocation invocation,
        CommandContext context,
        ResolvedRun run,
        bool fork,
        bool redraw,
        CancellationToken interrupt
    )
    {
        var catalogue = new RunCatalogue(Path.Combine(invocation.WorkingFolder, run.OutputFolder));
        var hash = SpecificationDocument.Hash(run.Specification);
        var there = catalogue
            .List()
            .Where(record => record.SpecificationSha256 == hash && record.Settings is not null)
            .Where(record => record.Status == RunStatus.Finished || record.LastCheckpoint is not null)
            .OrderByDescending(record => record.Status == RunStatus.Finished)
            .FirstOrDefault();
        if (there is { Status: RunStatus.Finished })
            return catalogue.Folder(there.Id);
        if (there is not null)
        {
            var left = catalogue.Folder(there.Id);
            await ResumeCommand.ResumeAsync(
                invocation,
                left,
                from: null,
                run.Trainers,
                run.Device,
                run.Settings.DataPath,
                redraw,
                context.Environment,
                interrupt
            );
            return left;
        }

        var folder = catalogue.Folder(catalogue.NewId());
        var forked =
            fork && Past(catalogue, run.Specification) is { } parent
                ? run with
                {
                    Settings = run.Settings with { Parent = parent },
                }
                : run;
        var interrupted = await TrainCommand.StartAsync(
            invocation,
            forked,
            folder,
            forked.Settings.RoundLimit,
            redraw,
            interrupt
        );
        RunEnding.Report(invocation, folder, interrupted);
        return folder;
    }

    /// <summary>The latest checkpoint of any run whose past is this run's, as <c>RUN@CHECKPOINT</c>; null when there is none.</summary>
    private static string? Past(RunCatalogue catalogue, RunSpecification run) =>
        catalogue
            .List()
            .SelectMany(record =>
                new CheckpointStore(catalogue.Folder(record.Id).Checkpoints)
                    .List()
                    .Select(entry => (record.Id, Entry: entry))
            )
            .Where(c =>
                c.Entry.Manifest is { RoundOfEpoch: 0 } manifest
                && manifest.Epoch < run.TotalEpochs
                && CommonPast.Difference(
                    SpecificationDocument.ReadFrom(manifest.Specification, "checkpoint.json"),
                    run,
                    manifest.Epoch
                )
                    is null
            )
            .OrderByDescending(c => c.Entry.Manifest!.Epoch)
            .Where(c => c.Entry.Damage() is null)
            .Select(c => new CheckpointReference(c.Id, c.Entry.Name).ToString())
            .FirstOrDefault();

    private static void Write(string place, ReproducedTable table)
    {
        Directory.CreateDirectory(place);
        AtomicFile.Write(Path.Combine(place, "table1.md"), table.Markdown());
        AtomicFile.Write(Path.Combine(place, "table1.csv"), table.Csv());
        AtomicFile.Write(Path.Combine(place, "table1.json"), table.Document().ToJsonString() + "\n");
        foreach (var chart in table.Charts())
            FigureFiles.Write(place, chart);
    }
}
