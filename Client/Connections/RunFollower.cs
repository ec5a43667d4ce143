using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Connections;

/// <summary>Keeps asking a run what is new and shows it, until it is over or somebody leaves.</summary>
internal sealed class RunFollower(IRunHandle run, IRunView view, TimeProvider clock)
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // A long poll that is not back by then has lost its way: the silo it went to may be gone.
    private static readonly TimeSpan Silence = LongPoll + TimeSpan.FromSeconds(3);

    private bool _first = true; // until all that was there before has come
    private int _known;

    /// <summary>Follows the run.</summary>
    /// <param name="model">Taken from the run's status. What it holds already is not told again.</param>
    /// <param name="leave">Ends following; the run goes on.</param>
    /// <param name="isGone">Asked while the run does not answer: whether nobody is there any more.</param>
    /// <param name="interrupt">When it completes, <paramref name="onInterrupt"/> is called once, and following goes on.</param>
    /// <param name="onInterrupt">Asks the run to stop.</param>
    /// <param name="isLost">Whether the connection is known to be gone, so that an open question will not be answered.</param>
    /// <returns>Whether the run is over; false when following ended before.</returns>
    public async Task<bool> FollowAsync(
        DisplayModel model,
        CancellationToken leave,
        Func<bool>? isGone = null,
        Task? interrupt = null,
        Func<Task>? onInterrupt = null,
        Func<bool>? isLost = null
    )
    {
        long cursor = 0;
        _known = model.Epochs.Count == 0 ? 0 : model.Epochs[^1].Epoch;
        while (!leave.IsCancellationRequested)
        {
            using var asking = CancellationTokenSource.CreateLinkedTokenSource(leave);
            var question = AskAsync(cursor, asking.Token);
            var asked = clock.GetTimestamp();
            while (!question.IsCompleted)
            {
                await Task.WhenAny([
                    question,
                    Task.Delay(Tick, clock, leave),
                    .. interrupt is null ? [] : new[] { interrupt },
                ]);
                if (interrupt?.IsCompleted == true)
                {
                    interrupt = null;
                    await (onInterrupt?.Invoke() ?? Task.CompletedTask);
                }

                if (isLost?.Invoke() == true || clock.GetElapsedTime(asked) > Silence)
                {
                    model.Lose(clock.GetUtcNow());
                    await asking.CancelAsync();
                }

                view.Show(model, null);
            }

            if (await question is { } update)
            {
                cursor = update.Cursor;
                await TakeAsync(model, update, leave);
                if (model.IsOver && !update.HasMore)
                {
                    return true;
                }
            }
            else if (!leave.IsCancellationRequested)
            {
                model.Lose(clock.GetUtcNow());
                view.Show(model, null);
                if (isGone?.Invoke() == true)
                {
                    return false;
                }

                await Task.WhenAny(Task.Delay(Tick, clock, leave));
            }
        }

        return false;
    }

    private async Task TakeAsync(DisplayModel model, RunUpdate update, CancellationToken leave)
    {
        if (model.ClassNames.Count == 0 && update.State == RunStatus.Running)
        {
            model.Apply(await run.GetStatusAsync(leave));
        }

        var news = update;
        if (_first)
        {
            _first = update.HasMore;
            news = update with { Epochs = [.. update.Epochs.Where(epoch => epoch.Epoch > _known)] };
        }

        model.Apply(update, clock.GetUtcNow());
        view.Show(model, news);
    }

    /// <summary>What is new; null when there was no answer.</summary>
    private async Task<RunUpdate?> AskAsync(long cursor, CancellationToken leave)
    {
        try
        {
            // The wait ends at once when it is called off, whatever becomes of the call.
            return await run.WatchAsync(cursor, LongPoll, leave).WaitAsync(leave);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception fault)
            when (fault is TimeoutException or OrleansException or IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
