using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace MMOrleans.Api.Tests.Access;

/// <summary>How often somebody may ask, over real connections.</summary>
public sealed class LimitTests : IDisposable
{
    private const string Viewer = "viewer-0123456789abcdef";
    private const string Operator = "operator-0123456789abcdef";
    private const string Other = "operator-abcdef0123456789";

    // Far more writes than may come at once, and one a second comes on top.
    private const int Flood = 60;

    private readonly SomeRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task TwoHundredQuestionsAtOnceAreAnsweredAndAThousandAreNot()
    {
        await using var server = await TestServer.StartAsync(_runs);
        using var client = From(server, IPAddress.Loopback);

        Assert.All(await AtOnceAsync(200), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains(HttpStatusCode.TooManyRequests, await AtOnceAsync(1000));

        Task<HttpStatusCode[]> AtOnceAsync(int count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(_ => AskAsync(client)));
    }

    [Fact]
    public async Task WhoAsksTooOftenIsToldToWaitAndNobodyElseIs()
    {
        await using var server = await TestServer.StartAsync(_runs);
        using var eager = From(server, IPAddress.Parse("127.0.0.2"));
        using var other = From(server, IPAddress.Parse("127.0.0.3"));

        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(eager));
        Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(other));
    }

    [Fact]
    public async Task TokensThatComeFromOneAddressAsBehindAnIngressHaveLimitsOfTheirOwn()
    {
        await using var server = await TestServer.StartAsync(
            _runs,
            $"operator {Operator}\noperator {Other}\n"
        );
        using var eager = From(server, IPAddress.Loopback, Operator);
        using var other = From(server, IPAddress.Loopback, Other);

        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(eager));
        Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(other));
    }

    [Fact]
    public async Task TokensThatAreMadeUpShareTheLimitOfTheirAddress()
    {
        await using var server = await TestServer.StartAsync(_runs, $"operator {Operator}\n");
        using var client = From(server, IPAddress.Loopback);
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < Flood; i++)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", $"made-up-0123456789-{i}");
            answers.Add(await WriteAsync(client));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Theory]
    [InlineData(Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Operator, HttpStatusCode.NotFound)]
    [InlineData("somebody-0123456789abcdef", HttpStatusCode.Unauthorized)]
    public async Task WhereThePageIsOrleansOwnABrowserGivesTheTokenAsAPassword(
        string token,
        HttpStatusCode status
    )
    {
        await using var server = await TestServer.StartAsync(
            _runs,
            $"viewer {Viewer}\noperator {Operator}\n"
        );
        var basic = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{token}"))
        );
        using var client = From(server, IPAddress.Loopback);
        client.DefaultRequestHeaders.Authorization = basic;
        using var answer = await client.GetAsync(new Uri(server.Address, "/orleans/"));

        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.Unauthorized)
            Assert.Equal("Basic", answer.Headers.WwwAuthenticate.Single().Scheme);
        // Nowhere else: what changes something is not to be asked for with what a browser sends of its own accord.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(client));
    }

    private static async Task<List<HttpStatusCode>> FloodAsync(HttpClient client)
    {
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < Flood; i++)
            answers.Add(await WriteAsync(client));
        return answers;
    }

    private static async Task<HttpStatusCode> WriteAsync(HttpClient client)
    {
        using var answer = await client.DeleteAsync("runs/r-zzzzzz");
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("version");
        return answer.StatusCode;
    }

    private static HttpClient From(TestServer server, IPAddress address, string? token = null)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 50,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                };
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var client = new HttpClient(handler) { BaseAddress = new(server.Address, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        return client;
    }
}
