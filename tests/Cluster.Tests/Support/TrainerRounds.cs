using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>How far a run's trainers are, asked of themselves: the run's grain may be what a fault has taken away.</summary>
internal static class TrainerRounds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The furthest round that a trainer of these silos holds; -1 when none of them answers.</summary>
    public static async Task<long> FurthestAsync(IGrainFactory grains, IEnumerable<TestSilo> silos)
    {
        var rounds = await Task.WhenAll(silos.Select(silo => OfAsync(grains, $"{silo.Name}/t0")));
        return rounds.DefaultIfEmpty(-1).Max();
    }

    /// <summary>Waits until a trainer of these silos holds a round, or the run is over.</summary>
    /// <returns>The furthest round then.</returns>
    public static async Task<long> ReachAsync(
        IGrainFactory grains,
        Func<IEnumerable<TestSilo>> silos,
        long round,
        TimeSpan patience,
        Func<string> story
    )
    {
        var began = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var furthest = await FurthestAsync(grains, silos());
            if (furthest >= round)
                return furthest;
            // Nobody could be asked while the last rounds passed: a gateway stood still, say.
            if (furthest < 0 && await EndAsync(grains) is { } end)
                return end;
            Assert.True(
                began.Elapsed < patience,
                $"round {furthest}, not {round}, after {began.Elapsed}\n{story()}"
            );
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The last round of a run that has finished; null for any other, and when it cannot be asked.</summary>
    private static async Task<long?> EndAsync(IGrainFactory grains)
    {
        try
        {
            var status = await grains
                .GetGrain<IRunGrain>(SmallRun.Id)
                .GetStatusAsync()
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
            return status.State == RunStatus.Finished ? status.Progress.Round : null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<long> OfAsync(IGrainFactory grains, string trainer)
    {
        try
        {
            var answer = await grains
                .GetGrain<ITrainerGrain>(trainer)
                .FetchStateAsync(new(SmallRun.Id, -1, 0, 0))
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
            return answer.Round;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return -1; // it is gone, or away: whatever the reason, it cannot be asked now
        }
    }
}
