using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Bench.Fire;

/// <summary>Starts silos again that have ended, as their machines would: also one that ended itself when it was declared dead.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly TestCluster _cluster;
    private readonly TimeSpan[] _back;
    private readonly bool[] _isAway;
    private readonly Task _watching;

    public Supervisor(TestCluster cluster)
    {
        _cluster = cluster;
        _back = [.. cluster.Silos.Select(_ => Usual)];
        _isAway = new bool[cluster.Silos.Count];
        _watching = Task.WhenAll(Enumerable.Range(0, cluster.Silos.Count).Select(WatchAsync));
    }

    /// <summary>Times that a silo was started again.</summary>
    public int Starts { get; private set; }

    /// <summary>Whether every silo is up and a member.</summary>
    public bool IsWhole => !_isAway.Any(away => away) && _cluster.Silos.All(silo => !silo.Process.HasExited);

    /// <summary>Kills a silo, which comes back after a while.</summary>
    public void Kill(int silo, TimeSpan back)
    {
        (_back[silo], _isAway[silo]) = (back, true);
        _cluster.Silos[silo].Process.KillNow();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(int index)
    {
        var silo = _cluster.Silos[index];
        try
        {
            while (true)
            {
                await Task.Delay(Look, _end.Token);
                if (!silo.Process.HasExited)
                    continue;
                _isAway[index] = true;
                await Task.Delay(_back[index], _end.Token);
                _back[index] = Usual;
                await silo.StartAgainAsync();
                Starts++;
                await silo.JoinedAsync().WaitAsync(_end.Token);
                _isAway[index] = false;
            }
        }
        catch (OperationCanceledException)
        {
            // The bench ends.
        }
    }
}
