using System.Globalization;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Counts of a cluster's silos over all their lives, asked once a second.</summary>
/// <remarks>What a process did in the second before it died is not in them: a dead process is asked no more.</remarks>
internal sealed class WorkCounts : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { Timeout = Interval };
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<int, (long Computed, long Read)> _byProcess = [];
    private readonly TestCluster _cluster;
    private readonly Task _asking;

    public WorkCounts(TestCluster cluster)
    {
        _cluster = cluster;
        _asking = AskAsync();
    }

    /// <summary>Training images computed, those of slots that were computed twice counted twice.</summary>
    public long Computed => _byProcess.Values.Sum(counts => counts.Computed);

    /// <summary>Images read, those read ahead and not used and those of evaluations included.</summary>
    public long Read => _byProcess.Values.Sum(counts => counts.Read);

    /// <summary>Asks a last time; the counts stand still after it.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _asking;
        await AskOnceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _asking;
        _end.Dispose();
        _http.Dispose();
    }

    private async Task AskAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            await AskOnceAsync();
            await Task.Delay(Interval, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task AskOnceAsync() => Task.WhenAll(_cluster.Silos.Select(AskAsync));

    private async Task AskAsync(TestSilo silo)
    {
        try
        {
            var process = silo.Process.Id;
            var lines = (await _http.GetStringAsync(silo.Metrics)).Split('\n');
            var counts = (
                Sum(lines, "mmorleans_samples_total"),
                Sum(lines, "mmorleans_dataset_images_total")
            );
            lock (_byProcess)
                if (silo.Process.Id == process)
                    _byProcess[process] = counts;
        }
        catch (Exception away)
            when (away is HttpRequestException or TaskCanceledException or InvalidOperationException)
        {
            // Dead, frozen, not up yet or between two lives: what it said last counts.
        }
    }

    private static long Sum(string[] lines, string name) =>
        lines
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}
