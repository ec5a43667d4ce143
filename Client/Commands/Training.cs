using MMOrleans.Client.Connections;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary>Trains a run in this process from its first round, or on from a checkpoint, and follows it to its end.</summary>
internal sealed class Training(Invocation invocation, LocalPlace place, RunFolder folder)
{
    private const string ShowCursor = "\e[?25h";

    private DisplayModel? _model;

    /// <summary>Trains.</summary>
    /// <param name="begin">Sends the request; a refusal is its answer.</param>
    /// <param name="redraw">Whether a live display is welcome.</param>
    /// <returns>The code of the interrupt that ended it; null when nobody interrupted.</returns>
    public async Task<int?> RunAsync(Func<IRunHandle, Task<RunAnswer>> begin, bool redraw)
    {
        using var interrupts = new Interrupts(LeaveAtOnce);
        await using var connection = await invocation.SayingAsync(
            LocalConnection.OpenAsync(place),
            "starting trainers in this process"
        );
        if (interrupts.First.IsCompleted)
        {
            return await interrupts.First;
        }

        var run = connection.Run(folder.RunId);
        var answer = await invocation.SayingAsync(begin(run), "opening the images");
        if (answer.Fault is { } fault)
        {
            throw new MmError(fault.Code, fault.Message, fault.Fix);
        }

        var model = new DisplayModel(await run.GetStatusAsync(), invocation.Clock.GetUtcNow());
        _model = model;
        using (
            var view = Views.For(
                invocation.Terminal,
                invocation.Clock,
                invocation.Json,
                invocation.Quiet,
                redraw,
                $"Ctrl-C saves and stops.   from another terminal: mm watch {folder.RunId}{invocation.ClusterFlag}, mm stop {folder.RunId}{invocation.ClusterFlag}"
            )
        )
        {
            await new RunFollower(run, view, invocation.Clock).FollowAsync(
                model,
                CancellationToken.None,
                interrupt: interrupts.First,
                onInterrupt: async () =>
                {
                    view.Note(model, "finishing the round and saving; Ctrl-C again leaves at once");
                    await run.StopAsync(now: false, "interrupt");
                }
            );
            model.Notice = null;
        }

        return interrupts.First.IsCompleted ? await interrupts.First : null;
    }

    private void LeaveAtOnce(int code)
    {
        if (_model is not null && invocation.Terminal.CanRedraw)
        {
            invocation.Terminal.Error.Write(ShowCursor);
        }

        var last = File.Exists(folder.Record) ? RunRecord.Read(folder.Record).LastCheckpoint : null;
        invocation.Terminal.Error.WriteLine(
            last is null
                ? "Left at once. There is no checkpoint."
                : $"Left at once. The last checkpoint is {last}; go on with: mm resume {folder.RunId}{invocation.ClusterFlag}"
        );
        invocation.Terminal.Error.Flush();
        SuddenEnd.With(code);
    }
}
