namespace MMOrleans.Bench;

/// <summary>A silo in a process of its own.</summary>
internal sealed class StartedSilo : IAsyncDisposable
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(60);

    private readonly BoundProcess _process;

    private StartedSilo(string name, BoundProcess process, SiloPorts ports) =>
        (Name, _process, Ports) = (name, process, ports);

    public string Name { get; }

    public SiloPorts Ports { get; }

    /// <summary>Where it serves the page and REST.</summary>
    public Uri Page => new($"http://127.0.0.1:{Ports.Page}");

    /// <summary>Where its metrics are.</summary>
    public Uri Metrics => new($"http://127.0.0.1:{Ports.Metrics}/metrics");

    /// <summary>Of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one and waits until it is a member.</summary>
    /// <param name="name">Unique in the cluster.</param>
    /// <param name="ports">Where it listens.</param>
    /// <param name="more">Its other arguments.</param>
    public static async Task<StartedSilo> StartAsync(string name, SiloPorts ports, IEnumerable<string> more)
    {
        var silo = new StartedSilo(
            name,
            BoundProcess.Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "mm-silo.dll"),
                    "--name",
                    name,
                    "--port",
                    $"{ports.Silo}",
                    "--gateway-port",
                    $"{ports.Gateway}",
                    "--device",
                    "cpu",
                    .. ports.Page is { } page ? ["--health-port", $"{page}"] : Array.Empty<string>(),
                    .. ports.Metrics is { } metrics
                        ? ["--metrics-port", $"{metrics}"]
                        : Array.Empty<string>(),
                    .. more,
                ],
                readsError: true
            ),
            ports
        );
        try
        {
            await silo.JoinAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.EndAsync();
        _process.Dispose();
    }

    private async Task JoinAsync()
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        var ended = Task.WhenAll(ReadAsync(_process.Output), ReadAsync(_process.Error));
        if (await Task.WhenAny(joined.Task, ended, Task.Delay(JoinPatience)) == joined.Task)
            return;
        lock (said)
            throw new InvalidOperationException(
                $"{Name} did not join:{Environment.NewLine}{string.Join(Environment.NewLine, said)}"
            );

        // To its end: a pipe that nobody reads would stop the silo.
        async Task ReadAsync(StreamReader stream)
        {
            while (await stream.ReadLineAsync() is { } line)
            {
                if (joined.Task.IsCompleted)
                    continue;
                lock (said)
                    said.Add(line);
                if (line.Contains("is a member of", StringComparison.Ordinal))
                    joined.TrySetResult();
            }
        }
    }
}

/// <summary>Where a silo listens on this machine.</summary>
/// <param name="Silo">For other silos.</param>
/// <param name="Gateway">For clients.</param>
/// <param name="Page">For the page and REST; null for neither.</param>
/// <param name="Metrics">For Prometheus; null for none.</param>
internal sealed record SiloPorts(int Silo, int Gateway, int? Page, int? Metrics)
{
    public static SiloPorts Free(bool withPage)
    {
        var free = SiloProcesses.FreePorts(4);
        return new(free[0], free[1], withPage ? free[2] : null, withPage ? free[3] : null);
    }
}
