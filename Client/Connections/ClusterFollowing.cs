using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;

namespace MMOrleans.Client.Connections;

/// <summary>Shows a run of a cluster until it is over or somebody leaves; leaving never changes the run.</summary>
internal static class ClusterFollowing
{
    /// <param name="invocation">Where to show it.</param>
    /// <param name="shelf">The cluster's runs.</param>
    /// <param name="runId">The run.</param>
    /// <param name="redraw">Whether a live display is welcome.</param>
    /// <param name="stopOnInterrupt">The first interrupt stops the run; otherwise it leaves.</param>
    /// <param name="interrupt">Ctrl-C or SIGTERM.</param>
    /// <returns>The exit code of the run that is over.</returns>
    /// <exception cref="OperationCanceledException">Somebody left.</exception>
    public static async Task<int> FollowAsync(
        Invocation invocation,
        RunLibrary shelf,
        string runId,
        bool redraw,
        bool stopOnInterrupt,
        CancellationToken interrupt
    )
    {
        var cluster = shelf.Cluster!;
        var run = cluster.Run(runId);
        var model = new DisplayModel(await run.GetStatusAsync(interrupt), invocation.Clock.GetUtcNow());
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupt.Register(() => stopping.TrySetResult());
        var leave = stopOnInterrupt ? CancellationToken.None : interrupt;
        bool isOver;
        using (
            var view = Views.For(
                invocation.Terminal,
                invocation.Clock,
                invocation.Json,
                invocation.Quiet,
                redraw,
                stopOnInterrupt
                    ? "Ctrl-C saves and stops the run."
                    : $"Ctrl-C leaves the display, the run goes on.   stop: mm stop {runId}{invocation.ClusterFlag}"
            )
        )
        {
            isOver = await new RunFollower(run, view, invocation.Clock).FollowAsync(
                model,
                leave,
                interrupt: stopOnInterrupt ? stopping.Task : null,
                onInterrupt: async () =>
                {
                    view.Note(model, "finishing the round and saving");
                    await run.StopAsync(now: false, "interrupt", CancellationToken.None);
                },
                isLost: () => cluster.IsLost
            );
            model.Notice = null;
        }

        if (!isOver)
        {
            LeaveTaking.Say(invocation, model);
            throw new OperationCanceledException(interrupt);
        }

        return RunEnding.Report(
            invocation,
            await shelf.CopyAsync(runId, CancellationToken.None),
            stopOnInterrupt && interrupt.IsCancellationRequested ? ExitCode.Interrupted : null
        );
    }
}
