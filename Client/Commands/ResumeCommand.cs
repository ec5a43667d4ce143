using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm resume RUN</c></summary>
internal sealed class ResumeCommand : Command
{
    private readonly Argument<string> _run = RunArguments.Run();

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Checkpoint to start from, such as epoch-42; the newest intact one.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<int?> _trainers = new("--trainers")
    {
        Description =
            "Number of trainers; default: as many as the run had. The result does not depend on it.",
        HelpName = "N",
    };

    private readonly Option<string> _device = RunArguments.Device();

    private readonly Option<string?> _data = new("--data-dir")
    {
        Description = "Folder of the images, if they have moved; default: the folder used so far.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _wait = new("--wait")
    {
        Description = "On a cluster: how long it may be queued for its trainers; 60s.",
        HelpName = "TIME",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Not supported by resume: changing settings would make it a different run.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new ResumeCommand(input => Invocation.From(input, context), context.Environment);

    private ResumeCommand(Func<ParseResult, Invocation> invocation, EnvironmentSnapshot environment)
        : base("resume", "Go on with a stopped or failed run, with any number of trainers.")
    {
        Add(_run);
        Add(_from);
        Add(_trainers);
        Add(_device);
        Add(_data);
        Add(_wait);
        Add(_set);
        Add(_noProgress);
        Add(_output);
        SetAction(
            (input, interrupt) =>
            {
                var context = invocation(input);
                RefuseChanges(input.GetValue(_set) ?? []);
                if (input.GetValue(_trainers) < 1)
                {
                    throw new FaultException(
                        "MM1004",
                        $"--trainers must be 1 or more, got {input.GetValue(_trainers)}",
                        "--trainers 2"
                    );
                }

                return context.Cluster is not null
                    ? ResumeOnClusterAsync(context, input, interrupt)
                    : ResumeAsync(
                        context,
                        context.Run(input.GetValue(_output), input.GetRequiredValue(_run)),
                        input.GetValue(_from),
                        input.GetValue(_trainers),
                        input.GetValue(_device) ?? "auto",
                        input.GetValue(_data),
                        !input.GetValue(_noProgress),
                        environment,
                        interrupt
                    );
            }
        );
    }

    private async Task<int> ResumeOnClusterAsync(
        Invocation invocation,
        ParseResult input,
        CancellationToken interrupt
    )
    {
        await using var shelf = await RunLibrary.OpenAsync(invocation, null, interrupt);
        var folder = await shelf.ResolveAsync(input.GetRequiredValue(_run), interrupt);
        var record = RunRecord.Read(folder.Record);
        var from = input.GetValue(_from);
        if (record.Status == RunStatus.Finished && from is null)
        {
            throw Finished(folder, record, invocation.ClusterFlag);
        }

        var trainers = input.GetValue(_trainers);
        var wait = Wait(input.GetValue(_wait)) ?? new RunSettings { Name = record.Name }.Wait;
        var answer = await invocation.SayingAsync(
            shelf
                .Cluster!.Run(folder.RunId)
                .ResumeAsync(
                    new(folder.RunId, from, trainers, trainers, input.GetValue(_data), Wait: wait),
                    interrupt
                ),
            "the cluster opens the images"
        );
        if (answer.Fault is { } fault)
        {
            throw new FaultException(fault);
        }

        return await ClusterFollowing.FollowAsync(
            invocation,
            shelf,
            folder.RunId,
            !input.GetValue(_noProgress),
            stopOnInterrupt: false,
            interrupt
        );
    }

    private static FaultException Finished(RunFolder folder, RunRecord record, string flag) =>
        new(
            "MM1005",
            $"{folder.RunId} is finished: all {record.Epochs} epochs are done",
            $"mm show {folder.RunId}{flag}, or go back to a checkpoint with --from"
        );

    private static TimeSpan? Wait(string? text) =>
        text is null ? null
        : DurationValue.Parse(text) is { Ticks: >= 0 } wait && wait <= TimeSpan.FromDays(365) ? wait
        : throw new FaultException("MM1004", $"--wait must be a duration, got '{text}'", "--wait 10m");

    private static void RefuseChanges(string[] settings)
    {
        if (settings is [var first, ..])
        {
            throw new FaultException(
                "MM1004",
                $"--set {first} with resume is not offered by this version: it would start another run from a checkpoint",
                "resume without --set, or start a run of its own with: mm train --set " + first
            );
        }
    }

    /// <summary>Only telemetry is taken from it, the rest is in the run's record: one that cannot be read is no reason to refuse.</summary>
    private static ResolvedRun? Configuration(RunFolder folder, EnvironmentSnapshot environment)
    {
        try
        {
            return RunConfiguration.ReadBack(RecordedConfiguration.Read(folder), environment);
        }
        catch (FaultException)
        {
            return null;
        }
    }

    internal static async Task<int> ResumeAsync(
        Invocation invocation,
        RunFolder folder,
        string? from,
        int? trainers,
        string device,
        string? data,
        bool redraw,
        EnvironmentSnapshot environment,
        CancellationToken interrupt
    )
    {
        var record = RunRecord.Read(folder.Record);
        if (RunStanding.IsLive(folder))
        {
            throw WriterHold.Refusal(folder, invocation.Clock);
        }

        if (record.Status == RunStatus.Finished && from is null)
        {
            throw Finished(folder, record, "");
        }

        if (from is not null && record.SettingsOrDefaults.Checkpoints.Place is null)
        {
            // An object store may have what the folder has not. Before anything is started: a misspelt name or a damaged file costs no wait.
            _ = new CheckpointStore(folder.Checkpoints).FindIntact(from);
        }

        var began = Configuration(folder, environment);
        var place = new LocalPlace(
            folder.Root,
            trainers,
            device,
            began?.OtlpEndpoint,
            TelemetryVariables.Port(environment)
        );
        var training = new Training(invocation, place, folder);
        // The run records it, and is read from other folders than this one.
        var images = data is null ? null : Path.GetFullPath(data, invocation.WorkingFolder);
        var interrupted = await training.RunAsync(
            (run, stop) =>
                SubmitSpan.AroundAsync(
                    folder.RunId,
                    RunDocument.Specification(record),
                    began?.Settings.Traces != "none",
                    trace => run.ResumeAsync(new(folder.RunId, from, trainers, trainers, images, trace), stop)
                ),
            redraw,
            interrupt
        );
        return RunEnding.Report(invocation, folder, interrupted);
    }
}
