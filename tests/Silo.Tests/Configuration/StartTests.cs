using System.Net;
using System.Net.Sockets;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

/// <summary>What people pass to a silo that is to start.</summary>
public sealed class StartTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly Grains.Tests.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--name", "")]
    [InlineData("--data", "")]
    [InlineData("--redis", " ")]
    [InlineData("--Liveness:Patience", "")]
    public void AnEmptyValueIsRefusedByItsFlag(string flag, string value)
    {
        foreach (
            var args in (string[][])
                [
                    [flag, value],
                    [$"{flag}={value}"],
                ]
        )
            Assert.StartsWith($"{flag} has an empty value", Assert.Single(Read(args).Problems).Message);
    }

    [Fact]
    public void AFlagThatIsGivenTwiceIsRefusedWithBothValues() =>
        Assert.Equal(
            ["--Storage:Runs is given twice: a and b", "--runs is given twice: a and c"],
            Read("--runs", "a", "--Storage:Runs=b", "--runs=c").Problems.Select(problem => problem.Message)
        );

    [Theory]
    [InlineData("Healing:Enabled", "true")]
    [InlineData("Liveness:Patiense", "00:00:05")]
    [InlineData("Foo:Bar", "1")]
    [InlineData("Logging:Console:FormatterName", "json")]
    public void AKeyThatNobodyReadsIsRefusedByItsName(string key, string value)
    {
        var problem = Assert.Single(Read($"--{key}", value).Problems);

        Assert.Equal(("MM1003", $"unknown key {key}"), (problem.Code, problem.Message));
    }

    [Fact]
    public void LevelsOfLogsAreReadAndChecked()
    {
        Assert.Empty(Read("--Logging:LogLevel:Orleans", "Debug").Problems);
        Assert.Equal("MM1004", Assert.Single(Read("--Logging:LogLevel:Default", "Loud").Problems).Code);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--gateway-port")]
    [InlineData("--health-port")]
    [InlineData("--metrics-port")]
    public void APortThatIsTakenIsNamedWithWhoHasIt(string flag)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var problem = Assert.Single(Read(flag, $"{port}").Problems);

        Assert.Contains($"{port} is taken on 127.0.0.1", problem.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains(
                $"by process {Environment.ProcessId} (",
                problem.Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void TwoThatListenAtOnePortAreBothNamed()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();

        Assert.Equal(
            $"Ports:Health (--health-port) and Telemetry:PrometheusPort (--metrics-port) are both {port}",
            Assert.Single(Read("--health-port", $"{port}", "--metrics-port", $"{port}").Problems).Message
        );
    }

    [Theory]
    [InlineData("::1", "::1", "::1")]
    [InlineData("[::1]", "::1", "::1")]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("fd00::7", "fd00::7", "::")]
    [InlineData("10.0.0.7", "10.0.0.7", "0.0.0.0")]
    public void ASiloListensInTheFamilyOfItsAddress(string text, string address, string listen)
    {
        var (settings, problems) = Read("--address", text, "--insecure", "true");

        Assert.Empty(problems);
        Assert.Equal(IPAddress.Parse(address), settings.Address);
        Assert.Equal(IPAddress.Parse(listen), FreePorts.ListenAt(settings.Address));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void AnAddressThatNobodyCanReachIsRefused(string address) =>
        Assert.Contains(
            Read("--address", address, "--insecure", "true").Problems,
            p => p.Message.Contains("every address", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("GPU-1.ml.svc", "gpu-1.ml.svc-11111")]
    [InlineData("größe", "gr--e-11111")]
    [InlineData("_x", "x-11111")]
    [InlineData("节点", "silo-11111")]
    public void WhatAHostIsCalledIsMadeAName(string host, string name) =>
        Assert.Equal(name, SiloSettingsReader.OfHost(host, 11111));

    [Fact]
    public async Task AFileInTheWayOfTheRunsFolderIsNamed()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        using var error = new StringWriter();

        var code = await SiloProcess.RunAsync(
            ["--port", "0", "--gateway-port", "0", "--device", "cpu", "--runs", Path.Combine(file, "runs")],
            None,
            TextWriter.Null,
            error
        );

        Assert.Equal(2, code);
        Assert.Contains($"{file} is a file", $"{error}", StringComparison.Ordinal);
    }

    private static (SiloSettings Settings, IReadOnlyList<Fault> Problems) Read(params string[] args)
    {
        List<Fault> problems = [];
        string[] ports =
        [
            .. ((string[])["--port", "--gateway-port"])
                .Where(flag => !args.Contains(flag))
                .SelectMany(flag => (string[])[flag, "0"]),
        ];
        var sources = SiloSources.Read([.. ports, .. args], None, problems);
        return (new SiloSettingsReader(sources.Configuration, problems).Read(), problems);
    }
}
