using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace MMOrleans.Silo.Configuration;

/// <summary>Where a cluster's Redis is, and as whom a silo comes to it.</summary>
/// <remarks>
/// No record, and the options are handed out as copies: nothing that prints settings prints a password. It is set as a property, since the
/// client's text of options is cut at commas and equals signs, which passwords have.
/// </remarks>
public sealed class RedisSettings
{
    /// <summary>What addresses look like, for those who wrote another thing.</summary>
    internal const string Example = "--redis redis:6379, or rediss://redis:6380 with TLS";

    private const string Shown = "Clustering:Redis (--redis)";
    private const int DefaultPort = 6379;
    private const int DefaultTlsPort = 6380;

    private readonly ConfigurationOptions _options;

    private RedisSettings(ConfigurationOptions options, string? passwordFile)
    {
        // A server that restarts must not end a silo: the client goes on trying in the background.
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 5000;
        _options = options;
        PasswordFile = passwordFile;
        Address = string.Join(',', options.EndPoints.Select(NameOf));
    }

    /// <summary>Hosts and ports as messages name them.</summary>
    public string Address { get; }

    /// <summary>User of Redis' access control list; null for its default user.</summary>
    public string? User => _options.User;

    /// <summary>File that the password was read from; null for none.</summary>
    public string? PasswordFile { get; }

    /// <summary>Options for one more connection.</summary>
    public ConfigurationOptions Options() => _options.Clone();

    /// <inheritdoc/>
    public override string ToString() => Address;

    /// <summary>An endpoint as it is written.</summary>
    internal static string NameOf(EndPoint endpoint) =>
        endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{endpoint}";

    /// <summary>Understands an address of Redis: <c>HOST:PORT</c>, several with commas, options of the client behind them, or a URL.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="user">What was given beside it; null for none.</param>
    /// <param name="password">The password itself; null for none.</param>
    /// <param name="passwordFile">Where it was read.</param>
    /// <exception cref="FaultException">MM1002, MM1005, MM1010: it is none. The message repeats nothing that may be a secret.</exception>
    internal static RedisSettings Parse(
        string text,
        string? user = null,
        string? password = null,
        string? passwordFile = null
    )
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        // Looked at before anything else: what follows may repeat parts of the text.
        if (
            text.Contains("password", StringComparison.OrdinalIgnoreCase)
            || (scheme < 0 ? text.Contains('@') : text[(scheme + 3)..].Split('@')[..^1].Any(HasColon))
        )
            throw new FaultException(
                "MM1010",
                $"{Shown} holds a password, which others can read in the list of processes",
                "--redis HOST:PORT --redis-password-file FILE, and --redis-user NAME where there is one"
            );
        var options = scheme < 0 ? OfText(text) : OfUrl(text);
        if (user is not null && options.User is { } other && other != user)
            throw new FaultException(
                "MM1005",
                $"Clustering:RedisUser (--redis-user) {user} contradicts the user {other} of {Shown}",
                "leave one of the two out"
            );
        options.User ??= user;
        options.Password = password;
        return new(options, password is null ? null : passwordFile);
    }

    private static bool HasColon(string part) => part.Contains(':');

    private static ConfigurationOptions OfUrl(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("redis" or "rediss")
            || url.Host.Length == 0
            || url.Query.Length + url.Fragment.Length > 0
        )
            throw Unknown(text);
        var options = new ConfigurationOptions { Ssl = url.Scheme == "rediss" };
        options.EndPoints.Add(
            url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? new IPEndPoint(IPAddress.Parse(url.DnsSafeHost), PortOf(url))
                : new DnsEndPoint(url.DnsSafeHost, PortOf(url))
        );
        if (url.UserInfo.Length > 0)
            options.User = Uri.UnescapeDataString(url.UserInfo);
        if (url.AbsolutePath is not ("" or "/"))
            options.DefaultDatabase = int.TryParse(
                url.AbsolutePath[1..],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var database
            )
                ? database
                : throw Unknown(text);
        return options;
    }

    private static int PortOf(Uri url) => url.Port > 0 ? url.Port : DefaultPort;

    private static ConfigurationOptions OfText(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var settings = parts.Where(part => part.Contains('=')).ToList();
        foreach (var setting in settings)
            try
            {
                _ = ConfigurationOptions.Parse(setting);
            }
            catch (ArgumentException)
            {
                throw new FaultException(
                    "MM1002",
                    $"{Shown} has an option '{setting.Split('=')[0]}' that the client of Redis does not know, or not with that value",
                    "name the server alone, HOST:PORT, or look at the configuration options of StackExchange.Redis"
                );
            }

        var options = settings.Count == 0 ? new() : ConfigurationOptions.Parse(string.Join(',', settings));
        foreach (var part in parts.Where(part => !part.Contains('=')))
            options.EndPoints.Add(EndPointOf(part, options.Ssl ? DefaultTlsPort : DefaultPort));
        return options.EndPoints.Count > 0 ? options : throw Unknown(text);
    }

    private static EndPoint EndPointOf(string part, int usualPort)
    {
        // An address of IPv6 has colons itself: its port is told apart by brackets.
        if (part[0] == '[' && IPEndPoint.TryParse(part, out var written))
            return written.Port > 0 ? written : new(written.Address, usualPort);
        var colon = part.Count(c => c == ':') > 1 ? -1 : part.IndexOf(':');
        var port = usualPort;
        if (
            colon >= 0
            && (
                !int.TryParse(part[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535
            )
        )
            throw Unknown(part);
        var host = colon < 0 ? part : part[..colon];
        return Uri.CheckHostName(host) switch
        {
            UriHostNameType.IPv4 or UriHostNameType.IPv6 => new IPEndPoint(IPAddress.Parse(host), port),
            UriHostNameType.Dns => new DnsEndPoint(host, port),
            _ => throw Unknown(part),
        };
    }

    private static FaultException Unknown(string text) =>
        new("MM1002", $"{Shown} wants HOST:PORT of a Redis, got '{text}'", Example);
}
