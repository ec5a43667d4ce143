using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm stop RUN...</c></summary>
internal sealed class StopCommand : Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Argument<string[]> _runs = RunArguments.Runs(least: 1);

    private readonly Option<bool> _now = new("--now")
    {
        Description = "Stop without writing a checkpoint; work since the last one is lost.",
    };

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new StopCommand(input => Invocation.From(input, context));

    private StopCommand(Func<ParseResult, Invocation> invocation)
        : base("stop", "Save a run's state and stop it.")
    {
        Add(_runs);
        Add(_now);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                await using var shelf = await RunLibrary.OpenAsync(
                    context,
                    input.GetValue(_output),
                    cancellationToken
                );
                // All names first: a misspelt second one must not leave the first stopped.
                List<RunFolder> folders = [];
                foreach (var name in input.GetRequiredValue(_runs))
                {
                    folders.Add(await shelf.ResolveAsync(name, cancellationToken));
                }

                foreach (var folder in folders)
                {
                    await (
                        shelf.Cluster is null
                            ? StopAsync(context, folder, input.GetValue(_now), cancellationToken)
                            : StopAsync(context, shelf, folder, input.GetValue(_now), cancellationToken)
                    );
                }

                return 0;
            }
        );
    }

    internal static async Task StopAsync(
        Invocation invocation,
        RunFolder folder,
        bool now,
        CancellationToken cancellationToken
    )
    {
        var standing = RunStanding.Of(RunRecord.Read(folder.Record), folder);
        if (!RunStanding.IsLive(folder))
        {
            Tell(
                invocation,
                folder,
                standing,
                $"{folder.RunId} is {standing.Word()}; there is nothing to stop"
            );
            return;
        }

        await using (
            var connection = await AttachedConnection.OpenAsync(invocation, folder, cancellationToken)
        )
        {
            if (
                connection is not null
                && await connection.AskAsync(
                    folder,
                    run => run.StopAsync(now, "request", cancellationToken),
                    cancellationToken
                )
                    is { } answer
            )
            {
                Heard(invocation, answer, now);
                // What the process does now is in its folder, and needs no answers of a machine that is busy.
                await invocation.SayingAsync(
                    EndAsync(folder, invocation.Clock, cancellationToken),
                    $"{folder.RunId} finishes its round and saves; Ctrl-C leaves it to that"
                );
            }
        }

        TellAfter(invocation, folder);
    }

    private static async Task<bool> EndAsync(
        RunFolder folder,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        while (!RunRecord.Read(folder.Record).Status.IsEnd() && RunStanding.IsLive(folder))
        {
            await Task.Delay(Pause, clock, cancellationToken);
        }

        return true;
    }

    private static async Task StopAsync(
        Invocation invocation,
        RunLibrary shelf,
        RunFolder folder,
        bool now,
        CancellationToken cancellationToken
    )
    {
        if (!RunStanding.IsLive(folder))
        {
            var standing = RunRecord.Read(folder.Record).Status;
            Tell(
                invocation,
                folder,
                standing,
                $"{folder.RunId} is {standing.Word()}; there is nothing to stop"
            );
            return;
        }

        var run = shelf.Cluster!.Run(folder.RunId);
        Heard(invocation, await run.StopAsync(now, "request", cancellationToken), now);
        await EndAsync(run, cancellationToken);
        await shelf.RefreshAsync(folder, cancellationToken);
        TellAfter(invocation, folder);
    }

    private static void Heard(Invocation invocation, RunAnswer answer, bool now)
    {
        if (answer.Fault is { } fault)
        {
            throw new FaultException(fault);
        }

        if (!invocation.Quiet && !invocation.Json)
        {
            invocation.Terminal.Say(new Line().Add(now ? "stopping …" : "saving its state …", "grey"));
        }
    }

    private static void TellAfter(Invocation invocation, RunFolder folder)
    {
        var after = RunRecord.Read(folder.Record);
        var standing = RunStanding.Of(after, folder);
        Tell(
            invocation,
            folder,
            standing,
            standing == RunStatus.Finished
                ? $"{folder.RunId} is finished: all {after.Epochs} epochs are done"
                : $"{folder.RunId} is {standing.Word()} at epoch {after.Epoch} of {after.Epochs}. {SavedState.Words(folder, after, invocation.ClusterFlag)}"
        );
    }

    private static async Task EndAsync(IRunHandle run, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        long cursor = 0;
        while (true)
        {
            try
            {
                var update = await run.WatchAsync(cursor, TimeSpan.FromSeconds(2), patience.Token);
                cursor = update.Cursor;
                if (update.State is RunStatus.Stopped or RunStatus.Finished or RunStatus.Failed)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is TimeoutException or OrleansException)
            {
                // The silo is closing down, and another will answer.
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
            catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new FaultException(
                    "MM3001",
                    $"the run was asked to stop and has not ended in {Patience.TotalSeconds:0} s",
                    "it stops when its trainers answer again; mm stop --now does not wait for a checkpoint",
                    fault
                );
            }
        }
    }

    private static void Tell(Invocation invocation, RunFolder folder, RunStatus status, string words) =>
        invocation.Answer(
            () =>
            {
                var document = RunJson.Of("stop");
                document["run"] = folder.RunId;
                document["status"] = status.Word();
                return document;
            },
            () => [new Line().Add(words)]
        );
}
