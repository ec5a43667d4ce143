using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>Keeps asking a run what is new and shows it, until it is over or somebody leaves.</summary>
internal sealed class RunFollower(IRunGrain run, IRunView view, TimeProvider clock)
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Follows the run.</summary>
    /// <param name="model">Taken from the run's status.</param>
    /// <param name="leave">Ends following; the run goes on.</param>
    /// <param name="isGone">Asked while the run does not answer: whether nobody is there any more.</param>
    /// <returns>Whether the run is over; false when following ended before.</returns>
    public async Task<bool> FollowAsync(
        DisplayModel model,
        CancellationToken leave,
        Func<bool>? isGone = null
    )
    {
        long cursor = 0;
        while (!leave.IsCancellationRequested)
        {
            var question = AskAsync(cursor, leave);
            while (!await FinishedAsync(question))
            {
                view.Show(model, null);
            }

            if (leave.IsCancellationRequested)
            {
                break;
            }

            if (await question is { } update)
            {
                if (model.ClassNames.Count == 0 && update.State == RunState.Running)
                {
                    model.Apply(await run.GetStatusAsync(leave));
                }

                cursor = update.Cursor;
                model.Apply(update, clock.GetUtcNow());
                view.Show(model, update);
                if (model.IsOver)
                {
                    return true;
                }
            }
            else
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

    /// <summary>What is new; null when there was no answer.</summary>
    private async Task<RunUpdate?> AskAsync(long cursor, CancellationToken leave)
    {
        try
        {
            return await run.WatchAsync(cursor, LongPoll, leave);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or IOException)
        {
            return null;
        }
    }

    private async Task<bool> FinishedAsync(Task question) =>
        await Task.WhenAny(question, Task.Delay(Tick, clock)) == question;
}
