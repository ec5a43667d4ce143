using System.CommandLine;
using System.Globalization;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Pages;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm train [CONFIG.yaml]</c></summary>
internal sealed class TrainCommand : Command
{
    private readonly Argument<string?> _file = new("CONFIG.yaml")
    {
        Description = "Configuration file; without it a preset and flags say everything.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Say what would be done, and start nothing.",
    };

    private readonly Option<bool> _smoke = new("--smoke")
    {
        Description = "Two rounds, one evaluation, one checkpoint, one restore; nothing is left.",
    };

    private readonly Option<string?> _failUnder = new("--fail-under")
    {
        Description = "Exit 8 when the final accuracy of a group is below a share, such as few=0.60.",
        HelpName = "GROUP=SHARE",
    };

    private readonly Option<string?> _onInterrupt = new Option<string?>("--on-interrupt")
    {
        Description =
            "What Ctrl-C does to the run; default: stop for a run in this process, detach on a cluster.",
        HelpName = "stop|detach",
    }.AcceptOnlyFromAmong("stop", "detach");

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    private readonly Option<bool> _detach = new("--detach", "-d")
    {
        Description = "Send the run to a cluster, print its id and leave.",
    };

    private readonly Option<string?> _ui = new("--ui")
    {
        Description =
            "Serve the web page to this machine meanwhile; port 8080, or a free one when that is taken.",
        HelpName = "PORT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _fork = new("--fork-from")
    {
        Description =
            "Start from a checkpoint of a run that is identical up to that point; the result is the same as training from the first round.",
        HelpName = "RUN@CHECKPOINT",
    };

    public static Command Create(CommandContext context) => new TrainCommand(context);

    private TrainCommand(CommandContext context)
        : base("train", "Train a run and follow it; without arguments: 'mm train --preset tiny'.")
    {
        Add(_file);
        foreach (var option in RunOptions.Create())
        {
            Add(option);
        }

        Add(_onInterrupt);
        Add(_failUnder);
        Add(_smoke);
        Add(_dryRun);
        Add(_noProgress);
        Add(_detach);
        Add(_ui);
        Add(_fork);
        SetAction(
            (input, interrupt) =>
            {
                var invocation = Invocation.From(input, context);
                var limit = input.GetValue(_failUnder) is { } text ? AccuracyLimit.Read(text) : null;
                var resolved = RunConfiguration.Resolve(
                    RunOptions.Sources(input, context, input.GetValue(_file))
                );
                invocation = invocation.In(resolved.OutputFolder);
                RefuseWithoutCluster(input, resolved.Cluster);
                var isShown = input.GetResult(_ui) is not null;
                var port = Port(input, resolved.Cluster);
                if (input.GetValue(_fork) is { } fork)
                    resolved = resolved with { Settings = Forked(invocation, resolved, fork) };
                return input.GetValue(_dryRun) ? PlanAsync(invocation, resolved, input, context, interrupt)
                    : resolved.Cluster is { } cluster
                        ? ClusterTraining.RunAsync(
                            invocation with
                            {
                                Cluster = Address(cluster, input, context),
                            },
                            resolved,
                            limit,
                            input.GetValue(_detach),
                            input.GetValue(_onInterrupt) == "stop",
                            !input.GetValue(_noProgress),
                            interrupt
                        )
                    : input.GetValue(_smoke) ? SmokeTest.RunAsync(invocation, resolved, interrupt)
                    : isShown
                        ? PageServer.AroundAsync(
                            invocation,
                            resolved.OutputFolder,
                            port,
                            () =>
                                TrainAsync(
                                    invocation,
                                    resolved,
                                    limit,
                                    !input.GetValue(_noProgress),
                                    interrupt
                                ),
                            interrupt
                        )
                    : TrainAsync(invocation, resolved, limit, !input.GetValue(_noProgress), interrupt);
            }
        );
    }

    private static ClusterAddress Address(string cluster, ParseResult input, CommandContext context) =>
        ClusterAddress.Read(cluster, context.Environment, GlobalOptions.Read(input, context).TokenFile);

    private void RefuseWithoutCluster(ParseResult input, string? cluster)
    {
        if (cluster is null && (input.GetValue(_detach) || input.GetValue(_onInterrupt) == "detach"))
        {
            throw new FaultException(
                "MM1005",
                $"{(input.GetValue(_detach) ? "--detach" : "--on-interrupt detach")} needs a cluster: this process would end, and the run with it",
                "name one with --cluster; to free the terminal, run it in the background and look at it with: mm watch latest"
            );
        }

        if (cluster is not null && input.GetValue(_smoke))
        {
            throw new FaultException(
                "MM1005",
                $"--smoke trains in this process and contradicts --cluster {cluster}",
                "leave out --smoke, or add --cluster none"
            );
        }
    }

    private static RunSettings Forked(Invocation invocation, ResolvedRun resolved, string fork)
    {
        if (
            CheckpointReference.Parse(fork) is not { Run: var run, Checkpoint: var checkpoint }
            || CheckpointName.Canonical(checkpoint) is not { } name
        )
            throw new FaultException(
                "MM1004",
                $"--fork-from {fork} names no checkpoint",
                "write RUN@CHECKPOINT, such as --fork-from latest@epoch-160"
            );
        // A cluster knows its own runs; it is asked by id.
        var id = resolved.Cluster is null
            ? new RunCatalogue(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder))
                .Resolve(run)
                .RunId
            : run;
        return resolved.Settings with { Parent = new CheckpointReference(id, name).ToString() };
    }

    /// <summary>The port that the web page was asked for at; null for none in particular.</summary>
    private int? Port(ParseResult input, string? cluster)
    {
        if (input.GetResult(_ui) is null)
        {
            return null;
        }

        if (cluster is not null)
        {
            throw new FaultException(
                "MM1005",
                $"--ui serves runs of this process and contradicts --cluster {cluster}",
                "leave out --ui, every silo that has a --health-port serves the page of its cluster there; or add --cluster none"
            );
        }

        if (input.GetValue(_ui) is not { } text)
        {
            return null;
        }

        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new FaultException(
                "MM1002",
                $"--ui wants a port of 0 to 65535, got '{text}'",
                "--ui 8080, or --ui 0 for a free one"
            );
    }

    private static async Task<int> PlanAsync(
        Invocation invocation,
        ResolvedRun resolved,
        ParseResult input,
        CommandContext context,
        CancellationToken interrupt
    )
    {
        if (resolved.Cluster is { } named)
            invocation = invocation with { Cluster = Address(named, input, context) };
        var rehearsal = await Rehearsal.OfAsync(invocation, resolved, interrupt);
        var catalogue = new RunCatalogue(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder));
        var plan = new RunPlanText(
            resolved.Specification,
            rehearsal.Available,
            rehearsal.Kept,
            resolved.Settings.Groups,
            catalogue.List()
        );
        var title = resolved.Preset.Length > 0 ? resolved.Preset : resolved.Settings.Name;
        var words = input.Tokens.Select(token => token.Value).Where(word => word != "--dry-run");
        var kept = resolved.Settings.Checkpoints.KeepLast + resolved.Settings.Checkpoints.KeepBest;
        invocation.Answer(
            () => plan.Document(title),
            () =>
                plan.Lines(
                    title,
                    resolved.Cluster,
                    resolved.Trainers,
                    resolved.Device == "auto" ? "cpu or cuda" : resolved.Device,
                    invocation.Shown(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder)),
                    Math.Min(kept, resolved.Specification.TotalEpochs),
                    $"mm {string.Join(' ', words.Select(Shell.Quote))}"
                )
        );
        return ExitCode.Success;
    }

    internal static async Task<int> TrainAsync(
        Invocation invocation,
        ResolvedRun resolved,
        AccuracyLimit? limit,
        bool redraw,
        CancellationToken interrupt
    )
    {
        var catalogue = new RunCatalogue(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder));
        if (resolved.Resume == "auto" && Unfinished(catalogue, resolved.Specification) is { } left)
        {
            invocation.Terminal.Say(
                new Line().Add(
                    $"{left} has the same specification and is not finished; to continue it: 'mm resume {left}{invocation.ClusterFlag}'",
                    "yellow"
                )
            );
        }

        var folder = catalogue.Folder(catalogue.NewId());
        interrupt.ThrowIfCancellationRequested();
        // A run that was refused leaves nothing, not even the folder that it would have been in.
        using var nothing = NewFolders.Of(folder.Root);
        var interrupted = await StartAsync(
            invocation,
            resolved,
            folder,
            resolved.Settings.RoundLimit,
            redraw,
            interrupt
        );
        if (!folder.Exists)
        {
            return interrupted ?? ExitCode.Failed;
        }

        var code = RunEnding.Report(invocation, folder, interrupted);
        return code == ExitCode.Success && limit?.IsMissedBy(RunRecord.Read(folder.Record)) is { } miss
            ? Missed(invocation, miss)
            : code;
    }

    private static int Missed(Invocation invocation, string miss)
    {
        invocation.Terminal.Say(new Line().Add(miss, "red"));
        return ExitCode.BelowFailUnder;
    }

    /// <summary>Trains in this process.</summary>
    /// <returns>The code of the interrupt that ended it; null when nobody interrupted.</returns>
    internal static Task<int?> StartAsync(
        Invocation invocation,
        ResolvedRun resolved,
        RunFolder folder,
        long? rounds,
        bool redraw,
        CancellationToken interrupt
    )
    {
        var place = LocalPlace.Of(folder.Root, resolved);
        return new Training(invocation, place, folder).RunAsync(
            (run, stop) =>
                SubmitSpan.AroundAsync(
                    folder.RunId,
                    resolved.Specification,
                    resolved.Settings.Traces != "none",
                    trace =>
                        run.SubmitAsync(
                            new(
                                folder.RunId,
                                SpecificationDocument.Write(resolved.Specification),
                                resolved.Settings with
                                {
                                    RoundLimit = rounds,
                                },
                                trace
                            ),
                            stop
                        )
                ),
            redraw,
            interrupt
        );
    }

    private static string? Unfinished(RunCatalogue catalogue, RunSpecification specification)
    {
        var hash = SpecificationDocument.Hash(specification);
        return catalogue
            .List()
            .FirstOrDefault(run =>
                run.SpecificationSha256 == hash
                && run.LastCheckpoint is not null
                && RunStanding.Of(run, catalogue.Folder(run.Id))
                    is RunStatus.Stopped
                        or RunStatus.Failed
                        or RunStatus.Interrupted
            )
            ?.Id;
    }
}
