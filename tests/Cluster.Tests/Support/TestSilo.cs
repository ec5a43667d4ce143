using System.Net;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>One <c>mm-silo</c> process of a test's cluster, with the ways that lead to it.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly List<string> _arguments;
    private readonly int _healthPort;
    private readonly int _metricsPort;
    private readonly int? _core;

    /// <param name="name">Its name in the cluster.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="isProxied">Whether <see cref="Link"/> and <see cref="Door"/> stand before its ports.</param>
    /// <param name="options">Further flags.</param>
    /// <param name="core">The only core that it may use; null for all.</param>
    public TestSilo(string name, string folder, bool isProxied, IEnumerable<string> options, int? core = null)
    {
        (Name, _folder, _core) = (name, folder, core);
        var ports = Ports.Free(4);
        (_healthPort, _metricsPort) = (ports[2], ports[3]);
        (OwnSiloPort, OwnGatewayPort) = (ports[0], ports[1]);
        if (isProxied)
            (Link, Door) = (new(ports[0]), new(ports[1]));
        (SiloPort, GatewayPort) = (Link?.Port ?? ports[0], Door?.Port ?? ports[1]);
        _arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "mm-silo.dll"),
            "--name",
            name,
            "--port",
            $"{SiloPort}",
            "--gateway-port",
            $"{GatewayPort}",
            "--health-port",
            $"{_healthPort}",
            "--metrics-port",
            $"{_metricsPort}",
            "--address",
            "127.0.0.1",
            .. isProxied
                ? ["--listen-port", $"{ports[0]}", "--gateway-listen-port", $"{ports[1]}"]
                : Array.Empty<string>(),
            .. options,
        ];
        Process = Launch();
    }

    public string Name { get; }

    /// <summary>Where it listens for silos itself, past <see cref="Link"/>.</summary>
    public int OwnSiloPort { get; }

    /// <summary>Where it listens for clients itself, past <see cref="Door"/>.</summary>
    public int OwnGatewayPort { get; }

    /// <summary>As the other silos know it.</summary>
    public int SiloPort { get; }

    /// <summary>As clients know it.</summary>
    public int GatewayPort { get; }

    /// <summary>What other silos come through; only where it is proxied.</summary>
    /// <remarks>A silo also reaches others through theirs: cutting both ways between two takes both links.</remarks>
    public TcpProxy? Link { get; }

    /// <summary>What clients come through; only where it is proxied.</summary>
    public TcpProxy? Door { get; }

    public ChildProcess Process { get; private set; }

    public string Gateway => $"127.0.0.1:{GatewayPort}";

    public IPEndPoint GatewayEndpoint => new(IPAddress.Loopback, GatewayPort);

    /// <summary>Such as <c>http://127.0.0.1:8080/healthz/ready</c>.</summary>
    public Uri Health(string probe) => new($"http://127.0.0.1:{_healthPort}/healthz/{probe}");

    /// <summary>Where it serves HTTP.</summary>
    public Uri Rest => new($"http://127.0.0.1:{_healthPort}");

    /// <summary>What it measures, in Prometheus' format.</summary>
    public Uri Metrics => new($"http://127.0.0.1:{_metricsPort}/metrics");

    public Task JoinedAsync() => Process.SaysAsync("is a member of", JoinPatience);

    /// <summary>A new process under the same name and ports, after the old one's end.</summary>
    /// <param name="options">Flags besides those that it had.</param>
    public async Task StartAgainAsync(params string[] options)
    {
        await Process.DisposeAsync();
        _arguments.AddRange(options);
        Process = Launch();
    }

    private ChildProcess Launch() =>
        _core is { } core
            ? new("taskset", ["--cpu-list", $"{core}", "dotnet", .. _arguments], _folder)
            : new("dotnet", _arguments, _folder);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        if (Link is not null)
            await Link.DisposeAsync();
        if (Door is not null)
            await Door.DisposeAsync();
    }
}
