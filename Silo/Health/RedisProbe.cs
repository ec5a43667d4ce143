using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using MMOrleans.Silo.Configuration;
using StackExchange.Redis;

namespace MMOrleans.Silo.Health;

/// <summary>Finds out why Redis cannot be used, step by step: name, connection, TLS, password, a write.</summary>
/// <remarks>The client's own attempts end in one message for all of these. A server gets the password when it has answered like a Redis.</remarks>
internal sealed class RedisProbe(RedisSettings redis)
{
    // Below the prefix that every key of a silo has; gone after a moment.
    private static readonly string[] Write =
    [
        "EVAL",
        "redis.call('SET', KEYS[1], '1', 'PX', 1000) return 1",
        "1",
        $"{SiloHosting.ServiceId}/probe",
    ];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly ConfigurationOptions _options = redis.Options();

    /// <summary>Asks until it can be used, or until it is clear that it cannot be.</summary>
    /// <param name="patience">For what may pass.</param>
    /// <returns>Null when it takes writes.</returns>
    public async Task<RedisFault?> AskAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        RedisFault? fault = null;
        while (!limit.IsCancellationRequested)
        {
            var now = await AskOnceAsync(patience, limit.Token);
            if (now is not { MayPass: true })
                return now;
            // An attempt that was cut short by the end of the patience knows less than the one before.
            fault = limit.IsCancellationRequested ? fault ?? now : now;
            try
            {
                await Task.Delay(Pause, limit.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return fault;
    }

    private async Task<RedisFault?> AskOnceAsync(TimeSpan patience, CancellationToken limit)
    {
        RedisFault? worth = null;
        // One of several is enough: the client finds the others. Of their faults counts the one that may pass.
        foreach (var endpoint in _options.EndPoints)
            if (await AskAsync(endpoint, patience, limit) is { } fault)
                worth = worth is { MayPass: true } ? worth : fault;
            else
                return null;
        return worth;
    }

    private async Task<RedisFault?> AskAsync(EndPoint endpoint, TimeSpan patience, CancellationToken limit)
    {
        var address = RedisSettings.NameOf(endpoint);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var isSecure = false;
        try
        {
            await socket.ConnectAsync(endpoint, limit);
            await using var network = new NetworkStream(socket);
            if (!_options.Ssl)
                return await TalkAsync(network, limit);
            await using var secure = new SslStream(network);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _options.SslHost ?? (endpoint as DnsEndPoint)?.Host ?? HostOf(endpoint),
                },
                limit
            );
            isSecure = true;
            return await TalkAsync(secure, limit);
        }
        catch (OperationCanceledException) when (_options.Ssl && socket.Connected && !isSecure)
        {
            return Unanswered(
                address,
                patience,
                "it took the connection and did not answer to TLS",
                $"--redis {address} where it is a Redis without TLS"
            );
        }
        catch (OperationCanceledException)
        {
            return Unanswered(
                address,
                patience,
                socket.Connected ? "it took the connection and said nothing" : "no connection came about",
                "see that the server runs, and that no firewall or network policy is between"
            );
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => Unanswered(
                    address,
                    patience,
                    "the name does not resolve here",
                    "check its spelling; in another namespace of Kubernetes it is SERVICE.NAMESPACE.svc. What DNS says: getent hosts "
                        + HostOf(endpoint)
                ),
                SocketError.ConnectionRefused => Unanswered(
                    address,
                    patience,
                    "nothing listens there",
                    "check address and port of Clustering:Redis (--redis), and that the server runs"
                ),
                _ => Unanswered(
                    address,
                    patience,
                    fault.Message,
                    "check the address of Clustering:Redis (--redis), and the way there"
                ),
            };
        }
        catch (AuthenticationException untrusted)
        {
            return new(
                "MM3003",
                $"Redis at {address} shows a certificate that is not trusted here, or does not speak TLS: {untrusted.Message}",
                "SSL_CERT_FILE=ca.crt in the environment with the authority of its certificate, which has to name the host; redis:// without TLS"
            );
        }
        catch (IOException) when (_options.Ssl && !isSecure)
        {
            return new(
                "MM3001",
                $"what listens at {address} does not speak TLS",
                $"--redis {address} where it is a Redis without TLS"
            );
        }
        catch (IOException)
        {
            return RedisFault.Of(redis, "PING", null);
        }
    }

    private static string HostOf(EndPoint endpoint) =>
        endpoint is DnsEndPoint name ? name.Host : $"{((IPEndPoint)endpoint).Address}";

    private static RedisFault Unanswered(string address, TimeSpan patience, string why, string fix) =>
        new(
            "MM3001",
            $"no Redis answered at {address} in {patience.TotalSeconds:0} s: {why}",
            fix,
            mayPass: true
        );

    private async Task<RedisFault?> TalkAsync(Stream stream, CancellationToken limit)
    {
        var hasCredentials = (_options.User ?? _options.Password) is not null;
        foreach (var command in Commands())
        {
            await stream.WriteAsync(Encode(command), limit);
            var answer = await ReadAsync(stream, limit);
            // That it wants a password says that it is a Redis: the password is the next that it gets.
            if (
                command is ["PING"]
                && hasCredentials
                && answer?.StartsWith("-NOAUTH", StringComparison.Ordinal) == true
            )
                continue;
            if (RedisFault.Of(redis, command[0], answer) is { } fault)
                return fault;
        }

        return null;
    }

    private IEnumerable<string[]> Commands()
    {
        yield return ["PING"];
        if (_options.ServiceName is not null)
            yield break; // sentinels, which know where Redis is and have passwords of their own
        if (_options.User is { } user)
            yield return ["AUTH", user, _options.Password ?? ""];
        else if (_options.Password is { } password)
            yield return ["AUTH", password];
        if (_options.DefaultDatabase is { } database)
            yield return ["SELECT", $"{database}"];
        yield return Write;
    }

    private static byte[] Encode(string[] command)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes($"*{command.Length}\r\n"));
        foreach (var word in command)
        {
            var text = Encoding.UTF8.GetBytes(word);
            bytes.Write(Encoding.UTF8.GetBytes($"${text.Length}\r\n"));
            bytes.Write(text);
            bytes.Write("\r\n"u8);
        }

        return bytes.ToArray();
    }

    // A line at most: of the questions here none is answered with more.
    private static async Task<string?> ReadAsync(Stream stream, CancellationToken limit)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 200 && await stream.ReadAsync(one, limit) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.Length == 0 ? null : line.ToString().TrimEnd('\r');
    }
}
