using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

/// <summary>What is off until somebody says so, and what it then needs.</summary>
public class ChoicesTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void NeitherTheDashboardNorKubernetesIsOnByItself()
    {
        var (settings, problems) = Read([], None);

        Assert.Empty(problems);
        Assert.False(settings.HasDashboard);
        Assert.False(settings.AsksKubernetes);
    }

    [Fact]
    public void TheDashboardIsTurnedOnByItsFlagOrItsVariable()
    {
        var variables = new Dictionary<string, string> { ["MM_SILO__API__DASHBOARD"] = "true" };

        Assert.True(Read(["--dashboard", "true", "--health-port", "0"], None).Settings.HasDashboard);
        Assert.True(Read(["--health-port", "0"], variables).Settings.HasDashboard);
    }

    [Fact]
    public void ADashboardWithoutAPortToServeItAtIsRefused()
    {
        var problem = Assert.Single(Read(["--dashboard", "true"], None).Problems);

        Assert.Equal("MM1005", problem.Code);
        Assert.Contains("--health-port", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void KubernetesIsNotAskedWithoutRedis()
    {
        Assert.Contains(
            Read(["--kubernetes", "true"], None).Problems,
            problem =>
                problem.Code == "MM1005"
                && problem.Message.Contains("no address of Redis", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task OutsideOfKubernetesASiloThatIsToAskItDoesNotStart()
    {
        using var folder = new Grains.Tests.TemporaryFolder();
        using var error = new StringWriter();

        var code = await SiloProcess.RunAsync(
            [
                "--kubernetes",
                "true",
                "--redis",
                "127.0.0.1:6379",
                "--address",
                "127.0.0.1",
                "--runs",
                folder.Path,
                "--port",
                "0",
                "--gateway-port",
                "0",
            ],
            None,
            TextWriter.Null,
            error
        );

        Assert.Equal(2, code);
        Assert.Contains("Clustering:Kubernetes (--kubernetes) is true and this is not a pod", $"{error}");
        Assert.Contains("k8s/components/kubernetes-hosting", $"{error}");
    }

    private static (SiloSettings Settings, IReadOnlyList<Fault> Problems) Read(
        string[] args,
        Dictionary<string, string> environment
    )
    {
        List<Fault> problems = [];
        var sources = SiloSources.Read(
            ["--port", "0", "--gateway-port", "0", .. args],
            environment,
            problems
        );
        return (new SiloSettingsReader(sources.Configuration, problems).Read(), problems);
    }
}
