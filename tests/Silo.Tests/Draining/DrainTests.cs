using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Silo.Configuration;
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
        var context = Asking("127.0.0.1:8080");
        context.Connection.RemoteIpAddress = IPAddress.Parse(asker);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DrainRequest.AnswerAsync(context, new ServiceCollection().BuildServiceProvider())
        );
    }

    /// <summary>A browser sends what any page tells it to, from this machine and to a name that leads here, but no header of our own.</summary>
    [Theory]
    [InlineData("127.0.0.1:8080", false)]
    [InlineData("evil.example:8080", true)]
    [InlineData("", true)]
    [InlineData("10.0.0.7:8080", true)]
    public async Task AForeignPageInABrowserOfThisMachineMayNotDrainIt(string host, bool hasHeader)
    {
        var context = Asking(host, hasHeader);

        // There is no Handover in here: to look for one would throw.
        await DrainRequest.AnswerAsync(context, new ServiceCollection().BuildServiceProvider());

        Assert.Equal(StatusCodes.Status403Forbidden, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("[::1]:8080")]
    public async Task EveryNameOfTheLoopbackIsThisMachine(string host) =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DrainRequest.AnswerAsync(Asking(host), new ServiceCollection().BuildServiceProvider())
        );

    /// <summary>The command asks as the silo wants to be asked.</summary>
    [Fact]
    public async Task TheCommandSendsWhatTheSiloAsksFor()
    {
        var port = FreePorts.Two().First;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var silo = builder.Build();
        silo.MapPost(
            "/drain",
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsync(
                    context.Request.Headers["Mm-Silo"] == "drain" ? "asked in order" : "asked by anybody"
                );
            }
        );
        await silo.StartAsync(TestContext.Current.CancellationToken);

        var (code, error) = await RunAsync(["--health-port", $"{port}"], []);

        Assert.Equal(4, code);
        Assert.Contains("asked in order", error, StringComparison.Ordinal);
    }

    private static DefaultHttpContext Asking(string host, bool hasHeader = true)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Host = new(host);
        if (hasHeader)
            context.Request.Headers["Mm-Silo"] = "drain";
        return context;
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
