using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Commands;

/// <summary>Trains a run in this process from its first round, or on from a checkpoint, and follows it to its end.</summary>
internal sealed class Training(Invocation invocation, LocalPlace place, RunFolder folder)
{
    private const string ShowCursor = "\e[?25h";

    // What is waited for after a signal, while there is nothing to save.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    private DisplayModel? _model;

    private int Code => invocation.Signals?.Code ?? ExitCode.Interrupted;

    /// <summary>Trains.</summary>
    /// <param name="begin">Sends the request; a refusal is its answer.</param>
    /// <param name="redraw">Whether a live display is welcome.</param>
    /// <param name="interrupt">Before the run is begun it ends everything at once; after that it has the run saved and stopped.</param>
    /// <returns>The code of the interrupt that ended it; null when nobody interrupted.</returns>
    /// <exception cref="OperationCanceledException">Interrupted before the run was begun.</exception>
    public async Task<int?> RunAsync(
        Func<IRunHandle, CancellationToken, Task<RunAnswer>> begin,
        bool redraw,
        CancellationToken interrupt
    )
    {
        // Loading what computes keeps a thread busy, and this one waits for signals.
        var connection = await invocation.SayingAsync(
            Task.Run(() => LocalConnection.OpenAsync(place, interrupt), interrupt).WaitAsync(interrupt),
            "starting trainers in this process"
        );
        var run = connection.Run(folder.RunId);
        bool isBegun;
        try
        {
            isBegun = await BeginAsync(run, begin, interrupt);
        }
        catch (FaultException)
        {
            await connection.DisposeAsync();
            throw;
        }

        if (!isBegun)
        {
            // Not disposed of: it may still decode images whose result is not needed, and has nothing to finish.
            throw new OperationCanceledException(interrupt);
        }

        await using (connection)
            await FollowAsync(run, redraw, interrupt);
        return interrupt.IsCancellationRequested ? Code : null;
    }

    /// <summary>Has the run begin.</summary>
    /// <returns>Whether it has begun; false when an interrupt came before.</returns>
    /// <exception cref="FaultException">It is refused.</exception>
    private async Task<bool> BeginAsync(
        IRunHandle run,
        Func<IRunHandle, CancellationToken, Task<RunAnswer>> begin,
        CancellationToken interrupt
    )
    {
        try
        {
            var answer = await invocation.SayingAsync(
                begin(run, interrupt).WaitAsync(interrupt),
                "opening the images"
            );
            return answer.Fault is { } fault ? throw new FaultException(fault) : true;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return await IsGoingAsync(run);
        }
    }

    /// <summary>Whether a request that was given up had been accepted in the same instant.</summary>
    private async Task<bool> IsGoingAsync(IRunHandle run)
    {
        try
        {
            // Its turn comes when the request is done with.
            await run.StopAsync(now: true, "interrupt").WaitAsync(Soon);
            // The record of a process that was killed says running, too: only a held folder is written to.
            return (await run.GetStatusAsync().WaitAsync(Soon)).State
                    is RunStatus.Starting
                        or RunStatus.Running
                        or RunStatus.Stopping
                && RunStanding.IsLive(folder);
        }
        catch (Exception fault)
            when (fault
                    is RunNotFoundException
                        or TimeoutException
                        or OrleansException
                        or OperationCanceledException
            )
        {
            // A record that has been begun is worth waiting for; without one there is nothing.
            return !RunStanding.IsOver(folder) && RunStanding.IsLive(folder);
        }
    }

    private async Task FollowAsync(IRunHandle run, bool redraw, CancellationToken interrupt)
    {
        var model = new DisplayModel(
            await run.GetStatusAsync(CancellationToken.None),
            invocation.Clock.GetUtcNow()
        );
        _model = model;
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupt.Register(() => stopping.TrySetResult());
        if (invocation.Signals is { } signals)
            signals.Leave = LeaveAtOnce;
        try
        {
            using var view = Views.For(
                invocation.Terminal,
                invocation.Clock,
                invocation.Json,
                invocation.Quiet,
                redraw,
                $"Ctrl-C saves and stops.   from another terminal: mm watch {folder.RunId}{invocation.ClusterFlag}, mm stop {folder.RunId}{invocation.ClusterFlag}"
            );
            await new RunFollower(run, view, invocation.Clock).FollowAsync(
                model,
                CancellationToken.None,
                interrupt: stopping.Task,
                onInterrupt: async () =>
                {
                    view.Note(model, "finishing the round and saving; Ctrl-C again leaves at once");
                    await run.StopAsync(now: false, Reason, CancellationToken.None);
                }
            );
            model.Notice = null;
        }
        finally
        {
            if (invocation.Signals is { } after)
                after.Leave = null;
        }
    }

    /// <summary>What the run's record and log say of why it was stopped.</summary>
    private string Reason =>
        Code switch
        {
            ExitCode.HungUp => "hangup",
            ExitCode.Terminated => "terminated",
            _ => "interrupt",
        };

    private void LeaveAtOnce(int code)
    {
        if (_model is not null && invocation.Terminal.CanRedraw)
        {
            invocation.Terminal.Error.Write(ShowCursor);
        }

        invocation.Terminal.Error.WriteLine(
            folder.Exists
                ? $"Left at once. {SavedState.Words(folder, RunRecord.Read(folder.Record), invocation.ClusterFlag)}"
                : "Left at once. Nothing was begun."
        );
        invocation.Terminal.Error.Flush();
        ForcedExit.With(code);
    }
}
