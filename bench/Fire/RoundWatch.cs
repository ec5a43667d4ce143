using System.Diagnostics;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Trainers;

namespace MMOrleans.Bench.Fire;

/// <summary>When each round of a run was complete, asked of every trainer through its own silo forty times a second.</summary>
/// <remarks>A question copies nothing and waits for no device. A silo that stands still or is gone keeps no other answer back.</remarks>
internal sealed class RoundWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan Time, long Round)> _seen = [];
    private readonly string _run;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Task> _asking = [];

    private RoundWatch(string run) => _run = run;

    /// <summary>Time of this watch.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>The furthest round that anybody held; −1 before the first answer.</summary>
    public long Furthest
    {
        get
        {
            lock (_gate)
                return _seen is [.., var last] ? last.Round : -1;
        }
    }

    public static async Task<RoundWatch> StartAsync(TestCluster cluster, string run)
    {
        var watch = new RoundWatch(run);
        foreach (var silo in cluster.Silos)
        {
            var trainer = (await cluster.ConnectAsync(silo)).GetGrain<ITrainerGrain>($"{silo.Name}/t0");
            watch._asking.Add(watch.AskAsync(trainer));
        }

        return watch;
    }

    /// <summary>Rounds complete at a time.</summary>
    public long At(TimeSpan time)
    {
        lock (_gate)
            return _seen.LastOrDefault(seen => seen.Time <= time, (default, -1)).Round;
    }

    /// <summary>When a round was complete; null when it is not.</summary>
    public TimeSpan? Reached(long round)
    {
        lock (_gate)
        {
            foreach (var seen in _seen)
                if (seen.Round >= round)
                    return seen.Time;
            return null;
        }
    }

    /// <summary>Waits until a round is complete.</summary>
    /// <exception cref="TimeoutException">It is not.</exception>
    public async Task ReachAsync(long round, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = Now;
        while (Furthest < round)
        {
            if (Now - began > patience)
                throw new TimeoutException(
                    $"round {Furthest}, not {round}, after {patience.TotalSeconds:F0} s"
                );
            await Task.Delay(Interval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_asking);
        _end.Dispose();
    }

    private async Task AskAsync(ITrainerGrain trainer)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var answer = await trainer
                    .FetchStateAsync(new(_run, -1, 0, 0), _end.Token)
                    .WaitAsync(Patience, _end.Token);
                Note(answer.Round);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // It is gone, or away: whatever the reason, it cannot be asked now, and is asked again.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Delay(Interval, CancellationToken.None);
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private void Note(long round)
    {
        lock (_gate)
            if (round > (_seen is [.., var last] ? last.Round : -1))
                _seen.Add((Now, round));
    }
}
