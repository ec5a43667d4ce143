using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Health;

/// <summary>Why Redis cannot be used, and what to do.</summary>
/// <param name="Fault">What happened, at which address.</param>
/// <param name="MayPass">Whether it may be over in a moment, such as a server that starts.</param>
internal sealed record RedisFault(Fault Fault, bool MayPass)
{
    private const string Denied = "MM3003";
    private const string Away = "MM3001";

    // The beginning of an alert of TLS, which is how such a server answers to what is none.
    private const char TlsAlert = '\u0015';

    public RedisFault(string code, string message, string fix, bool mayPass = false)
        : this(new Fault(code, message, fix), mayPass) { }

    /// <summary>What an answer means.</summary>
    /// <param name="redis">Who was asked.</param>
    /// <param name="question">The command; what followed it is never repeated, since it may be the password.</param>
    /// <param name="answer">The first line of the answer; null where the connection was closed instead.</param>
    /// <returns>Null for an answer that is fine.</returns>
    public static RedisFault? Of(RedisSettings redis, string question, string? answer)
    {
        var address = redis.Address;
        if (string.IsNullOrEmpty(answer))
            return new(
                Away,
                $"what listens at {address} closed the connection without an answer: it is not a Redis, or one that wants TLS",
                $"check the port of Clustering:Redis (--redis); where Redis wants TLS, --redis rediss://{address}"
            );
        if (answer[0] == TlsAlert)
            return new(
                Away,
                $"Redis at {address} wants TLS",
                $"--redis rediss://{address}; where its authority is not one of the machine's, SSL_CERT_FILE=ca.crt in the environment"
            );
        if (answer[0] is '+' or ':' or '$' or '*' or '_')
            return null;
        if (answer[0] != '-')
            return new(
                Away,
                $"what listens at {address} is not a Redis{(answer.StartsWith("HTTP/", StringComparison.Ordinal) ? " but a web server (HTTP)" : "")}",
                "check the port of Clustering:Redis (--redis); Redis listens at 6379 by convention"
            );
        return OfError(redis, question, answer[1..]);
    }

    private static RedisFault? OfError(RedisSettings redis, string question, string error)
    {
        var address = redis.Address;
        var user = redis.User is { } name ? $"user {name}" : "the default user";
        var word = error.Split(' ')[0];
        return word switch
        {
            // Another node of the same cluster has the key: it answers.
            "MOVED" or "ASK" => null,
            "NOAUTH" => new(
                Denied,
                $"Redis at {address} wants a password, and none was given",
                "--redis-password-file FILE, and --redis-user NAME where it has users"
            ),
            "WRONGPASS" => Refused(redis, user),
            "NOPERM" => new(
                Denied,
                $"Redis at {address} does not let {user} do {question}",
                $"ACL SETUSER {redis.User ?? "default"} ~mmorleans/* +@all -@admin, at the server"
            ),
            "DENIED" => new(
                Denied,
                $"Redis at {address} is in its protected mode: without a password it serves its own machine alone",
                "give it a password (requirepass), and --redis-password-file FILE here"
            ),
            "READONLY" => new(
                Away,
                $"Redis at {address} is a replica, which takes no writes",
                "name its primary with --redis, or the sentinels: --redis HOST:26379,serviceName=NAME",
                mayPass: true // a failover makes a primary of it
            ),
            "MASTERDOWN" => new(
                Away,
                $"Redis at {address} is a replica that has lost its primary",
                "name the primary with --redis, or wait for the failover",
                mayPass: true
            ),
            "LOADING" => new(
                Away,
                $"Redis at {address} is still loading its data",
                "start the silo again when the server's log says that it accepts connections",
                mayPass: true
            ),
            "MISCONF" => new(
                Away,
                $"Redis at {address} takes no writes, since it cannot save to its disk",
                "look at the server's own log and at the space of its volume",
                mayPass: true
            ),
            "OOM" => new(
                Away,
                $"Redis at {address} takes no writes: its memory (maxmemory) is full",
                "give it more, or a Redis of its own: CONFIG GET maxmemory, at the server",
                mayPass: true
            ),
            _ when question == "AUTH" => OfAuthentication(redis, user, error),
            _ when question == "SELECT" => new(
                Away,
                $"Redis at {address} has no such database: {error}",
                "leave the database out of Clustering:Redis (--redis)"
            ),
            _ when question == "EVAL"
                    && error.Contains("unknown command", StringComparison.OrdinalIgnoreCase) => new(
                Away,
                $"Redis at {address} knows no scripts (EVAL), which silos need",
                "allow scripts there, or name another server"
            ),
            _ => new(
                Away,
                $"Redis at {address} answers {question} with: {error}",
                "look at the server's own log",
                mayPass: true
            ),
        };
    }

    private static RedisFault? OfAuthentication(RedisSettings redis, string user, string error) =>
        // A server without a password lets in who brings one.
        error.Contains("no password is set", StringComparison.OrdinalIgnoreCase)
        || error.Contains("without any password configured", StringComparison.OrdinalIgnoreCase)
            ? null
            // The text is not repeated: a server that does not know the command gives back what followed it.
            : Refused(redis, user);

    private static RedisFault Refused(RedisSettings redis, string user) =>
        new(
            Denied,
            redis.PasswordFile is { } file
                ? $"Redis at {redis.Address} refuses {user} with the password of {file}"
                : $"Redis at {redis.Address} refuses {user} without a password",
            redis.PasswordFile is { } wrong
                ? $"put the server's password into {wrong}, with nothing but the end of its line behind it; --redis-user NAME where it has users"
                : "--redis-password-file FILE"
        );
}
