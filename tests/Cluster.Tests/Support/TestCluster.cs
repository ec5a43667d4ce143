using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Interfaces.Security;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Silos as processes of their own on this machine, with a client in the test's process.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<TestSilo> _silos = [];
    private readonly List<IHost> _clients = [];
    private readonly string _clusterId = $"test-{Guid.NewGuid():n}";
    private RedisServer? _redis;

    private readonly bool _isProxied;
    private readonly int? _core;

    private TestCluster(bool isProxied, int? core) => (_isProxied, _core) = (isProxied, core);

    /// <summary>Folder of the runs, shared by all silos.</summary>
    public string RunsFolder => _folder["runs"];

    public IReadOnlyList<TestSilo> Silos => _silos;

    /// <summary>As <c>--cluster</c> wants it.</summary>
    public string Address => $"{_clusterId}@{string.Join(',', _silos.Select(silo => silo.Gateway))}";

    /// <summary>The server behind the cluster; only with <see cref="Clustering.Redis"/>.</summary>
    public RedisServer Redis => _redis!;

    /// <param name="clustering">Who keeps the membership.</param>
    /// <param name="silos">How many; the first is up before the others start.</param>
    /// <param name="options">More flags for every silo.</param>
    public static Task<TestCluster> StartAsync(Clustering clustering, int silos, params string[] options) =>
        StartAsync(clustering, silos, isProxied: false, core: null, options);

    /// <inheritdoc cref="StartAsync(Clustering, int, string[])"/>
    /// <param name="clustering">Who keeps the membership.</param>
    /// <param name="silos">How many.</param>
    /// <param name="isProxied">Whether proxies stand before every silo, for tests that cut connections.</param>
    /// <param name="core">The only core that its silos may use, so that two clusters can be compared at the same time; null for all.</param>
    /// <param name="options">More flags for every silo.</param>
    public static async Task<TestCluster> StartAsync(
        Clustering clustering,
        int silos,
        bool isProxied,
        int? core = null,
        params string[] options
    )
    {
        var cluster = new TestCluster(isProxied, core);
        try
        {
            Directory.CreateDirectory(cluster.RunsFolder);
            if (clustering == Clustering.Redis)
                cluster._redis = await RedisServer.StartAsync();
            for (var i = 0; i < silos; i++)
            {
                var silo = cluster.Launch($"silo-{i}", options);
                if (i == 0)
                    await silo.JoinedAsync();
            }

            await Task.WhenAll(cluster._silos.Select(silo => silo.JoinedAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo; wait for it with <see cref="TestSilo.JoinedAsync"/>.</summary>
    public TestSilo Launch(string name, params string[] options)
    {
        List<string> flags =
        [
            "--cluster-id",
            _clusterId,
            "--runs",
            RunsFolder,
            "--device",
            "cpu",
            // More trainers than cores: silence of a second or two is not a death here.
            "--Liveness:Patience",
            "00:00:05",
        ];
        if (!options.Contains("--trainers"))
            flags.AddRange(["--trainers", "1"]);
        if (_redis is not null)
            flags.AddRange(["--redis", _redis.Address]);
        else if (_silos.Count > 0)
            flags.AddRange(["--primary", $"127.0.0.1:{_silos[0].SiloPort}"]);
        var silo = new TestSilo(name, _folder.Path, _isProxied, [.. flags, .. options], _core);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>A client in this process, connected.</summary>
    /// <param name="tls">What it shows; null for a cluster without certificates.</param>
    public Task<IGrainFactory> ConnectAsync(TlsFiles? tls = null) =>
        ConnectAsync(_silos.Where(s => !s.Process.HasExited), tls);

    /// <summary>A client in this process that asks one silo only, so that no other one's death keeps an answer back.</summary>
    public Task<IGrainFactory> ConnectAsync(TestSilo silo) => ConnectAsync([silo], null);

    private async Task<IGrainFactory> ConnectAsync(IEnumerable<TestSilo> through, TlsFiles? tls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. through.Select(silo => silo.GatewayEndpoint)]);
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (_clusterId, "mmorleans"));
            if (tls is not null)
                Show(client, TlsIdentity.Open(tls, TlsRole.Client, TimeProvider.System));
        });
        var host = builder.Build();
        _clients.Add(host);
        await host.StartAsync(CancellationToken.None);
        return host.Services.GetRequiredService<IGrainFactory>();
    }

    private static void Show(IClientBuilder client, TlsIdentity identity) =>
        client.Configure<ClientConnectionOptions>(options =>
            options.ConfigureConnection(connection =>
                connection.UseClientTls(
                    new()
                    {
                        LocalClientCertificateSelector = (_, _, _, _, _) => identity.Certificate,
                        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
                        RemoteCertificateValidation = (certificate, _, _) =>
                            identity.WhyNotServer(certificate) is null,
                        OnAuthenticateAsClient = (_, options) => options.TargetHost = TlsTrust.SiloName,
                    }
                )
            )
        );

    /// <summary>What every silo has said, for a failing test.</summary>
    public string Logs => string.Join('\n', _silos.Select(silo => $"== {silo.Name}\n{silo.Process.Output}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await client.StopAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // Its silos are gone.
            }

            client.Dispose();
        }

        foreach (var silo in _silos)
            await silo.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Who keeps the membership of a test's cluster.</summary>
public enum Clustering
{
    Localhost,
    Redis,
}
