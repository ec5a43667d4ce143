using System.Net;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>The process <c>mm-silo</c> by itself.</summary>
public class SiloTests
{
    [Fact]
    public async Task AllFaultsOfTheSettingsAreToldAtOnce()
    {
        await using var silo = Start(
            "--nme",
            "x",
            "--port",
            "99999",
            "--device",
            "gpu",
            "--clustering",
            "redis",
            "--Liveness:Patience",
            "00:00:00.1"
        );

        Assert.Equal(2, await silo.EndAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("error MM1001: unknown flag --nme", silo.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Ports:Silo (--port) must be 0 to 65535, got 99999",
            silo.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Devices:Kind (--device) must be one of auto, cpu, cuda, got 'gpu'",
            silo.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("redis and there is no address of Redis", silo.Output, StringComparison.Ordinal);
        Assert.Contains("Liveness:Patience is", silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeyondItsMachineItListensWithCertificatesOrByAWord()
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority();
        using var old = authority.Issue(
            "CN=old",
            "mm-silo",
            -TimeSpan.FromHours(2),
            -TimeSpan.FromHours(1),
            TestAuthority.ClientUse
        );
        var files = authority.Write(folder["old"], old);
        await using var open = Start("--address", "0.0.0.0", "--port", "0", "--gateway-port", "0");
        await using var half = Start("--tls-cert", files.Certificate, "--port", "0", "--gateway-port", "0");
        await using var expired = Start([
            "--port",
            "0",
            "--gateway-port",
            "0",
            "--tls-cert",
            files.Certificate,
            "--tls-key",
            files.Key,
            "--tls-ca",
            files.Authority,
        ]);

        Assert.Equal(2, await open.EndAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(
            "lets other machines in, and there is no certificate",
            open.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("or --insecure true where a network policy", open.Output, StringComparison.Ordinal);
        Assert.Equal(2, await half.EndAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("Security:Key (--tls-key) is missing", half.Output, StringComparison.Ordinal);
        Assert.Equal(2, await expired.EndAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("error MM1011: ", expired.Output, StringComparison.Ordinal);
        Assert.Contains("expired on", expired.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutItsRedisItSaysSoAndEnds()
    {
        await using var silo = Start("--redis", "127.0.0.1:1", "--address", "127.0.0.1");

        Assert.Equal(4, await silo.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(
            "error MM3001: no Redis answered at 127.0.0.1:1 in 10 s",
            silo.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ItIsReadyWhileRedisAnswersAndAliveWithout()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 1);
        var silo = cluster.Silos[0];
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ready"));

        await cluster.Redis.KillAsync();
        // The answer before may be given again for a second.
        for (var i = 0; i < 50 && await StatusAsync("ready") == HttpStatusCode.OK; i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("ready"));
        // Anybody may ask: what is away is a word of ours, where it is only the log says.
        using (var answer = await http.GetAsync(silo.Health("ready"), TestContext.Current.CancellationToken))
            Assert.Equal(
                "not ready: redis\n",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("live"));

        await cluster.Redis.StartAgainAsync();
        for (var i = 0; i < 100 && await StatusAsync("ready") != HttpStatusCode.OK; i++)
            await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ready"));
        Assert.False(silo.Process.HasExited, silo.Process.Output);
        silo.Process.Ask();
        Assert.Equal(0, await silo.Process.EndAsync(TimeSpan.FromSeconds(20)));

        async Task<HttpStatusCode> StatusAsync(string probe)
        {
            using var answer = await http.GetAsync(silo.Health(probe), TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task TheNameOfASiloThatLivesIsRefusedAndThatOfADeadOneIsNot()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 2);
        var twin = cluster.Launch("silo-1");

        Assert.Equal(2, await twin.Process.EndAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(
            "error MM1004: Name (--name) silo-1 is the name of another silo of ",
            twin.Process.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"which lives at 127.0.0.1:{cluster.Silos[1].SiloPort}",
            twin.Process.Output,
            StringComparison.Ordinal
        );
        Assert.False(cluster.Silos[1].Process.HasExited, cluster.Logs);

        cluster.Silos[1].Process.KillNow(); // and told nobody
        await cluster.Silos[1].Process.EndAsync(TimeSpan.FromSeconds(60));
        await cluster.Launch("silo-1").JoinedAsync();
    }

    [Fact]
    public async Task AHealthyClusterStartsAndStopsWithoutAWarning()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 3);
        foreach (var silo in cluster.Silos)
        {
            silo.Process.Ask();
            Assert.Equal(0, await silo.Process.EndAsync(TimeSpan.FromSeconds(60)));
        }

        string[] levels = [" warn: ", " fail: ", " crit: "];
        Assert.Equal(
            "",
            string.Join('\n', cluster.Logs.Split('\n').Where(line => levels.Any(line.Contains)))
        );
    }

    private static ChildProcess Start(params string[] arguments) =>
        new(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "mm-silo.dll"), .. arguments],
            Path.GetTempPath()
        );
}
