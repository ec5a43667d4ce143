using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Tests.Connections;

/// <summary>What a server that is none, another one, or not there now, is made of; that verbs work is shown with real silos.</summary>
public sealed class RestConnectionTests : IAsyncDisposable
{
    private const string Token = "operator-0123456789abcdef";

    private readonly List<string> _asked = [];
    private WebApplication? _server;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private string _version = OurVersion;

    private static string OurVersion { get; } =
        typeof(RestConnection).Assembly.GetName().Version!.ToString(3);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task TheTokenIsShownAndNeverPrinted()
    {
        var address = ClusterAddress.Read(
            await ServeAsync(),
            new EnvironmentSnapshot(new Dictionary<string, string> { ["MM_TOKEN"] = Token + "\n" })
        );

        await using var cluster = await address.ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Equal([$"/api/v1/version Bearer {Token}"], _asked);
        Assert.DoesNotContain(Token, $"{address}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClusterOfAnotherVersionIsRefused()
    {
        _version = "7.1.0";

        Assert.Equal("MM3004", (await RefusedAsync(await ServeAsync())).Code);
    }

    [Fact]
    public async Task WhatIsNoClusterIsToldAsOneThatDoesNotAnswer()
    {
        var page = await ServeAsync();
        _answer = context => context.Response.WriteAsync("<html>welcome to nginx</html>");
        var refusal = await RefusedAsync(page, connected: false);

        Assert.Equal("MM3001", refusal.Code);
        Assert.Contains("is no MMOrleans", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusalKeepsItsCodeItsWordsAndItsWayOut()
    {
        await using var cluster = await ConnectAsync();
        _answer = context =>
            ProblemAsync(context, 403, "MM3003", "the token has role viewer", "ask for another");

        var answer = await cluster.Run("r-000001").StopAsync(false, "request");
        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            cluster.DescribeAsync(TestContext.Current.CancellationToken)
        );

        Assert.Equal(new("MM3003", "the token has role viewer", "ask for another"), answer.Fault);
        Assert.Equal(("MM3003", "ask for another"), (fault.Code, fault.Fix));
    }

    /// <summary>Whoever follows goes on asking; whoever asks once is told.</summary>
    [Theory]
    [InlineData(502)] // of an ingress without silos behind it
    [InlineData(503)] // of a silo that the run's grain does not answer
    public async Task NobodyThereIsAnErrorOfOneQuestionAndAPauseOfAWatch(int status)
    {
        await using var cluster = await ConnectAsync();
        _answer = context =>
            status == 503
                ? ProblemAsync(context, status, "MM3001", "the cluster did not answer in time", "ask again")
                : HtmlAsync(context, status);
        var run = cluster.Run("r-000001");

        await Assert.ThrowsAsync<IOException>(() => run.WatchAsync(0, TimeSpan.FromSeconds(1)));
        Assert.Equal("MM3001", (await Assert.ThrowsAsync<FaultException>(() => run.GetStatusAsync())).Code);

        await _server!.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<IOException>(() => run.WatchAsync(0, TimeSpan.FromSeconds(1)));
        Assert.Equal("MM3001", (await run.StopAsync(false, "request")).Fault!.Code);
    }

    [Fact]
    public async Task WhoAsksTooFastWaitsAndAsksAgain()
    {
        await using var cluster = await ConnectAsync();
        var refusals = 2;
        _answer = async context =>
        {
            if (refusals-- > 0)
            {
                context.Response.Headers.RetryAfter = "0";
                await ProblemAsync(context, 429, "MM3003", "too many requests", "wait");
                return;
            }

            await context.Response.WriteAsJsonAsync(
                new { version = OurVersion, silos = Array.Empty<string>() }
            );
        };

        Assert.Empty((await cluster.DescribeAsync(TestContext.Current.CancellationToken)).Silos);
    }

    [Fact]
    public async Task ATokenIsNotTakenToWhereverAnAnswerPoints()
    {
        await using var cluster = await ConnectAsync();
        _answer = context =>
        {
            context.Response.Redirect("http://127.0.0.1:1/elsewhere");
            return Task.CompletedTask;
        };

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            cluster.DescribeAsync(TestContext.Current.CancellationToken)
        );

        Assert.Contains("302", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://mm.example.org/?x=1")]
    [InlineData("https://me:secret@mm.example.org")]
    [InlineData("ftp://mm.example.org")]
    [InlineData("http://")]
    public void AnAddressIsHostAndPortAndHoldsNoSecret(string text)
    {
        var fault = Assert.Throws<FaultException>(() => ClusterAddress.Read(text));

        Assert.Equal("MM1002", fault.Code);
        Assert.DoesNotContain("secret", fault.Message + fault.Fix, StringComparison.Ordinal);
    }

    private async Task<ICluster> ConnectAsync() =>
        await ClusterAddress.Read(await ServeAsync()).ConnectAsync(TestContext.Current.CancellationToken);

    private async Task<FaultException> RefusedAsync(string address, bool connected = true)
    {
        if (!connected)
            _version = "";
        return await Assert.ThrowsAsync<FaultException>(() =>
            ClusterAddress.Read(address).ConnectAsync(TestContext.Current.CancellationToken)
        );
    }

    private async Task<string> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.Run(context =>
        {
            _asked.Add($"{context.Request.Path} {context.Request.Headers.Authorization}".TrimEnd());
            return context.Request.Path == "/api/v1/version" && _version.Length > 0
                ? context.Response.WriteAsJsonAsync(
                    new
                    {
                        version = _version,
                        commit = "unknown",
                        dotnet = "10",
                        cluster = true,
                        role = "operator",
                    }
                )
                : _answer(context);
        });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        return _server.Urls.Single();
    }

    private static Task HtmlAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("<html>Bad Gateway</html>");
    }

    private static Task ProblemAsync(HttpContext context, int status, string code, string detail, string fix)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new
            {
                title = $"{(HttpStatusCode)status}",
                status,
                detail,
                code,
                fix,
            },
            options: null,
            "application/problem+json"
        );
    }
}
