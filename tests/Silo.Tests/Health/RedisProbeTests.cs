using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Health;

namespace MMOrleans.Silo.Tests.Health;

/// <summary>Each way in which Redis cannot be used has its own message, from real servers and from what else may listen there.</summary>
public sealed class RedisProbeTests
{
    private const string Password = "p,a=s s:w@o%r\"d'\\ß密";
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task APasswordOfAnyLettersOpensARealServerAndItsClient()
    {
        await using var server = await RealRedis.StartAsync($"requirepass {Quoted(Password)}");
        var redis = RedisSettings.Parse($"127.0.0.1:{server.Port}", password: Password, passwordFile: "file");

        Assert.Null(await new RedisProbe(redis).AskAsync(Enough));
        Assert.True(await RedisConnection.AnswersAsync(redis, Enough));
    }

    [Fact]
    public async Task AUserOfAnAccessControlListComesInWithItsOwnPassword()
    {
        await using var server = await RealRedis.StartAsync(
            "user default off",
            $"user worker on {Quoted(">" + Password.Replace(" ", ""))} ~mmorleans/* +@all -@admin",
            "user reader on >secret ~* +@read +ping +info +hello"
        );
        var worker = RedisSettings.Parse(
            $"redis://worker@127.0.0.1:{server.Port}",
            null,
            Password.Replace(" ", ""),
            "file"
        );
        var reader = RedisSettings.Parse($"127.0.0.1:{server.Port}", "reader", "secret", "file");
        var unknown = RedisSettings.Parse($"127.0.0.1:{server.Port}", "nobody", "secret", "file");

        Assert.Null(await new RedisProbe(worker).AskAsync(Enough));
        Assert.True(await RedisConnection.AnswersAsync(worker, Enough));
        Assert.Contains("does not let user reader do EVAL", (await FaultOf(reader)).Message);
        Assert.Contains("refuses user nobody with the password of file", (await FaultOf(unknown)).Message);
    }

    [Fact]
    public async Task AWrongPasswordAMissingOneAndAReplicaAreThreeMessages()
    {
        await using var server = await RealRedis.StartAsync("requirepass right");
        await using var replica = await RealRedis.StartAsync(
            "replicaof 127.0.0.1 1",
            "replica-serve-stale-data yes"
        );

        var wrong = await FaultOf(
            RedisSettings.Parse($"127.0.0.1:{server.Port}", null, "wrong,x=1", "/run/secret")
        );
        var none = await FaultOf(RedisSettings.Parse($"127.0.0.1:{server.Port}"));
        var readOnly = await FaultOf(RedisSettings.Parse($"127.0.0.1:{replica.Port}"), Short);

        Assert.Equal("MM3003", wrong.Code);
        Assert.Equal(
            $"Redis at 127.0.0.1:{server.Port} refuses the default user with the password of /run/secret",
            wrong.Message
        );
        Assert.Equal($"Redis at 127.0.0.1:{server.Port} wants a password, and none was given", none.Message);
        Assert.Contains("--redis-password-file", none.Fix, StringComparison.Ordinal);
        Assert.Equal(
            $"Redis at 127.0.0.1:{replica.Port} is a replica, which takes no writes",
            readOnly.Message
        );
        Assert.DoesNotContain("wrong", $"{wrong}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task APasswordThatAServerDoesNotWantIsNoReasonToStay()
    {
        await using var server = await RealRedis.StartAsync();
        var redis = RedisSettings.Parse($"127.0.0.1:{server.Port}", null, "any", "file");

        Assert.Null(await new RedisProbe(redis).AskAsync(Enough));
        Assert.True(await RedisConnection.AnswersAsync(redis, Enough));
    }

    [Fact]
    public async Task TlsIsAskedForByItsSchemeAndNamedWhereItIsMissing()
    {
        using var folder = new Grains.Tests.TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest(
            "CN=127.0.0.1",
            key,
            HashAlgorithmName.SHA256
        ).CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        var (cert, pem) = (Path.Combine(folder.Path, "crt"), Path.Combine(folder.Path, "key"));
        await File.WriteAllTextAsync(
            cert,
            certificate.ExportCertificatePem(),
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            pem,
            key.ExportPkcs8PrivateKeyPem(),
            TestContext.Current.CancellationToken
        );
        var port = RealRedis.FreePort();
        await using var secure = await RealRedis.StartAsync(
            port,
            [
                "port 0",
                $"tls-port {port}",
                $"tls-cert-file {cert}",
                $"tls-key-file {pem}",
                $"tls-ca-cert-file {cert}",
                "tls-auth-clients no",
            ]
        );
        await using var plain = await RealRedis.StartAsync();

        var untold = await FaultOf(RedisSettings.Parse($"127.0.0.1:{port}"), Short);
        var untrusted = await FaultOf(RedisSettings.Parse($"rediss://127.0.0.1:{port}"));
        var without = await FaultOf(RedisSettings.Parse($"rediss://127.0.0.1:{plain.Port}"), Short);

        Assert.Contains("wants TLS", untold.Message, StringComparison.Ordinal);
        Assert.Contains($"rediss://127.0.0.1:{port}", untold.Fix, StringComparison.Ordinal);
        Assert.Contains("certificate", untrusted.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", untrusted.Fix, StringComparison.Ordinal);
        Assert.Contains("did not answer to TLS", without.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "is not a Redis but a web server (HTTP)")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "is not a Redis")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "is still loading its data")]
    [InlineData("-DENIED Redis is running in protected mode\r\n", "protected mode")]
    [InlineData("-ERR max number of clients reached\r\n", "max number of clients reached")]
    [InlineData("-MASTERDOWN Link with MASTER is down\r\n", "lost its primary")]
    [InlineData("", "closed the connection")]
    public async Task WhatElseListensIsNamedAndGetsNoPassword(string answer, string named)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var asked = new MemoryStream();
        var serving = ServeAsync(listener, answer, asked);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = await FaultOf(RedisSettings.Parse($"127.0.0.1:{port}", null, "hunter2", "file"), Short);

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        listener.Stop();
        await serving;
        Assert.DoesNotContain("hunter2", Encoding.UTF8.GetString(asked.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThereNoSuchNameAndSilenceAreThreeMessages()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        Assert.EndsWith(
            "nothing listens there",
            (await FaultOf(RedisSettings.Parse("127.0.0.1:1"), Short)).Message
        );
        Assert.EndsWith(
            "the name does not resolve here",
            (await FaultOf(RedisSettings.Parse("no-such-host.invalid:6379"), Enough / 5)).Message
        );
        Assert.EndsWith(
            "it took the connection and said nothing",
            (await FaultOf(RedisSettings.Parse($"127.0.0.1:{port}"), Short)).Message
        );
    }

    [Fact]
    public void WhatAServerGivesBackOfAPasswordIsNotRepeated() =>
        Assert.DoesNotContain(
            "hunter2",
            $"{RedisFault.Of(RedisSettings.Parse("a:1", null, "hunter2", "file"), "AUTH", "-ERR unknown command 'AUTH', with args beginning with: 'hunter2'")}",
            StringComparison.Ordinal
        );

    [Fact]
    public async Task AServerThatComesUpMeanwhileIsWaitedFor()
    {
        var port = RealRedis.FreePort();
        var asking = new RedisProbe(RedisSettings.Parse($"127.0.0.1:{port}")).AskAsync(Enough);
        await using var server = await RealRedis.StartAsync(port, [$"port {port}"]);

        Assert.Null(await asking);
    }

    private static async Task<Fault> FaultOf(RedisSettings redis, TimeSpan? patience = null)
    {
        var fault = await new RedisProbe(redis).AskAsync(patience ?? Enough);
        Assert.NotNull(fault);
        Assert.NotEmpty(fault.Fault.Fix);
        return fault.Fault;
    }

    private static async Task ServeAsync(TcpListener listener, string answer, MemoryStream asked)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var bytes = new byte[4096];
                var count = await client.GetStream().ReadAsync(bytes);
                asked.Write(bytes, 0, count);
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer));
            }
        }
        catch (Exception closed)
            when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test has what it wanted.
        }
    }

    // As redis.conf has it.
    private static string Quoted(string text) =>
        $"\"{string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"\\x{b:x2}"))}\"";
}
