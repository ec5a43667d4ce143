using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Silo.Draining;
using Orleans;

namespace MMOrleans.Silo.Tests.Draining;

/// <summary><c>mm-silo drain</c> and who may ask; that it hands over is shown by the drill with a whole silo.</summary>
public class DrainTests
{
    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("::ffff:10.0.0.7")]
    [InlineData("fe80::1")]
    [InlineData(null)]
    public async Task OnlyItsOwnMachineMayAskASiloToHandOver(string? asker)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        context.Connection.RemoteIpAddress = asker is null ? null : IPAddress.Parse(asker);

        // There is no Handover in here: to look for one would throw.
        await DrainRequest.AnswerAsync(context, new ServiceCollection().BuildServiceProvider());

        Assert.Equal(StatusCodes.Status403Forbidden, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task ItsOwnMachineIsNotTurnedAway(string asker)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(asker);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DrainRequest.AnswerAsync(context, new ServiceCollection().BuildServiceProvider())
        );
    }

    [Fact]
    public async Task WithoutAPortItSaysWhichOneItWants()
    {
        var (code, error) = await RunAsync([], []);

        Assert.Equal(2, code);
        Assert.Contains("Ports:Health (--health-port)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASiloThatIsNotThereIsNamed()
    {
        var (code, error) = await RunAsync(
            [],
            new()
            {
                ["MM_SILO__PORTS__HEALTH"] = "1",
                // Not its loopback, so it is asked at the usual one.
                ["MM_SILO__ADDRESS"] = "10.0.0.7",
            }
        );

        Assert.Equal(4, code);
        Assert.Contains("no silo answers at 127.0.0.1:1", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFlagThatNobodyKnowsIsRefused()
    {
        var (code, error) = await RunAsync(["--health-prt", "1"], []);

        Assert.Equal(2, code);
        Assert.Contains("unknown flag --health-prt", error, StringComparison.Ordinal);
    }

    /// <summary>An exception here would end the silo before it has closed in order.</summary>
    [Fact]
    public async Task ALedgerThatCannotBeWrittenDoesNotKeepASiloFromClosing()
    {
        var handover = new Handover(
            DispatchProxy.Create<IGrainFactory, BrokenCluster>(),
            new()
            {
                Name = "silo-0",
                SiloPort = 1,
                GatewayPort = 2,
                RunsFolder = "runs",
            },
            TimeProvider.System,
            NullLogger<Handover>.Instance
        );

        Assert.False(await handover.RunAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<(int Code, string Error)> RunAsync(
        string[] args,
        Dictionary<string, string> environment
    )
    {
        using var error = new StringWriter();
        var code = await SiloProcess.RunAsync(["drain", .. args], environment, TextWriter.Null, error);
        return (code, error.ToString());
    }

    public class BrokenCluster : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.ReturnType == typeof(Task<DrainAnswer>)
                ? Task.FromException<DrainAnswer>(new InvalidOperationException("the store is away"))
                : Create<IClusterGrain, BrokenCluster>();
    }
}
