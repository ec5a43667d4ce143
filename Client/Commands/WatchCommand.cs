using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm watch RUN</c></summary>
internal sealed class WatchCommand : Command
{
    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    public static Command Create(CommandContext context) => new WatchCommand(context);

    private WatchCommand(CommandContext context)
        : base("watch", "Attach the live display to a run that is going on.")
    {
        Add(_noProgress);
        OpenedRun.For(
            this,
            context,
            async (run, input, cancellationToken) =>
            {
                var redraw = !input.GetValue(_noProgress);
                run.Invocation.Signals?.EndWithReader();
                return run.Shelf.Cluster is null
                        ? await WatchAsync(run.Invocation, run.Folder, redraw, cancellationToken)
                    : RunStanding.IsLive(run.Folder)
                        ? await ClusterFollowing.FollowAsync(
                            run.Invocation,
                            run.Shelf,
                            run.Folder.RunId,
                            redraw,
                            stopOnInterrupt: false,
                            cancellationToken
                        )
                    : RunEnding.Report(run.Invocation, run.Folder);
            }
        );
    }

    internal static async Task<int> WatchAsync(
        Invocation invocation,
        RunFolder folder,
        bool redraw,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await AttachedConnection.OpenAsync(
            invocation,
            folder,
            cancellationToken
        );
        if (
            connection is null
            || await connection.AskAsync(
                folder,
                run => run.GetStatusAsync(cancellationToken),
                cancellationToken
            )
                is not { } status
        )
        {
            // Nothing to follow: what became of it is the answer.
            return RunEnding.Report(invocation, folder);
        }

        var model = new DisplayModel(status, invocation.Clock.GetUtcNow());
        using (
            var view = Views.For(
                invocation.Terminal,
                invocation.Clock,
                invocation.Json,
                invocation.Quiet,
                redraw,
                $"Ctrl-C leaves the display, the run goes on.   stop: mm stop {folder.RunId}{invocation.ClusterFlag}"
            )
        )
        {
            await new RunFollower(connection.Run(folder.RunId), view, invocation.Clock).FollowAsync(
                model,
                cancellationToken,
                isGone: () => !RunStanding.IsLive(folder)
            );
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            return RunEnding.Report(invocation, folder);
        }

        LeaveTaking.Say(invocation, model);
        throw new OperationCanceledException(cancellationToken);
    }
}
