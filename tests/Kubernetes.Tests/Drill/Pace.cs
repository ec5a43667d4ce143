using System.Diagnostics;
using MMOrleans.Grains.Interfaces.Runs;
using Orleans.Runtime;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>Watches a run and remembers for how long no round was told. A run tells of its rounds about twice a second.</summary>
internal sealed class Pace : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    public Pace(IRunGrain run) => _watching = WatchAsync(run);

    /// <summary>The longest time between two rounds that were told.</summary>
    public TimeSpan LongestStall { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(IRunGrain run)
    {
        var (round, since) = (0L, Stopwatch.GetTimestamp());
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var reached = (await run.GetStatusAsync(_end.Token)).Progress.Round;
                if (reached > round)
                {
                    var stall = Stopwatch.GetElapsedTime(since);
                    if (round > 0 && stall > LongestStall)
                        LongestStall = stall;
                    (round, since) = (reached, Stopwatch.GetTimestamp());
                }

                await Task.Delay(Every, _end.Token);
            }
            catch (Exception exception)
                when (exception is TimeoutException or OrleansException or OperationCanceledException)
            {
                // Its silo is on the way out: asked again, and the time counts.
            }
        }
    }
}
