using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

public class TraceKeyTests
{
    [Fact]
    public void TheAddressOfTracesIsTakenAsItIs()
    {
        const string address = "https://traces.example/?run={run}&from={from}";

        Assert.Equal(address, Read(address, out var problems).Traces?.Text);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("https://traces.example/")]
    [InlineData("javascript:alert({run})")]
    public void AnAddressThatThePageCouldNotOfferIsRefusedWithOneThatItCould(string address)
    {
        Read(address, out var problems);

        var problem = Assert.Single(problems);
        Assert.Equal("MM1002", problem.Code);
        Assert.Contains($"got '{address}'", problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("--traces-at https://", problem.Fix, StringComparison.Ordinal);
    }

    private static SiloSettings Read(string address, out List<Fault> problems)
    {
        problems = [];
        var sources = SiloSources.Read(
            ["--port", "0", "--gateway-port", "0", "--traces-at", address],
            new Dictionary<string, string>(),
            problems
        );
        return new SiloSettingsReader(sources.Configuration, problems).Read();
    }
}
