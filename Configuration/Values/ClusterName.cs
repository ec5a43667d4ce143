using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Configuration.Values;

/// <summary>
/// What a person writes for a cluster, taken apart: <c>HOST[:PORT]</c> of one or more gateways, before them the cluster's name and <c>@</c>
/// unless that is the usual one; or <c>http://…</c> or <c>https://…</c>.
/// </summary>
/// <param name="ClusterId">Name of the cluster.</param>
/// <param name="Gateways">Host and port of some of its silos, IPv6 without brackets; none where it is asked over HTTP.</param>
/// <param name="Rest">Where HTTP is spoken; null for gateways.</param>
internal sealed record ClusterName(
    string ClusterId,
    IReadOnlyList<(string Host, int Port)> Gateways,
    Uri? Rest
)
{
    /// <summary>What <c>--cluster</c> and <c>MM_CLUSTER</c> say for this process, whatever the environment names.</summary>
    public const string None = "none";

    private const string UsualCluster = "mmorleans";

    /// <summary>Of a silo's gateway, unless its options say otherwise.</summary>
    public const int UsualPort = 30000;

    /// <summary>Whether a text stands for no cluster; <c>local</c> is what many try first.</summary>
    public static bool IsNone(string text) => text.Trim() is "" or None or "local";

    /// <returns>Null when it is not an address, and then why, and how it would be written.</returns>
    public static ClusterName? Read(string text, out (string Why, string Instead) refusal)
    {
        refusal = default;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (
                !Uri.TryCreate(text, UriKind.Absolute, out var rest) || rest.Scheme is not ("http" or "https")
            )
                refusal = (
                    "it is neither http://HOST[:PORT] nor https://HOST[:PORT]",
                    "https://mm.example.org"
                );
            else if (rest.UserInfo.Length > 0) // not repeated: it may be a password
                refusal = (
                    "an address holds no user and no password: a token comes from MM_TOKEN or --token-file",
                    $"{rest.Scheme}://{rest.Authority}"
                );
            else if (rest.Query.Length > 0 || rest.Fragment.Length > 0)
                refusal = ("nothing may follow its path", rest.GetLeftPart(UriPartial.Path));
            else
                return new(UsualCluster, [], rest);
            return null;
        }

        var parts = text.Split('@', 2);
        List<(string, int)> gateways = [];
        foreach (var part in parts[^1].Split(','))
        {
            if (Gateway(part.Trim(), out refusal) is not { } gateway)
                return null;
            gateways.Add(gateway);
        }

        if (parts.Length == 1)
            return new(UsualCluster, gateways, null);
        if (parts[0].Trim() is { Length: > 0 } id)
            return new(id, gateways, null);
        refusal = ("the cluster's name before @ is missing", $"NAME@{parts[1]}");
        return null;
    }

    /// <summary>Host and port as a person writes them: IPv6 in brackets.</summary>
    public static string Write(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    private static (string, int)? Gateway(string text, out (string Why, string Instead) refusal)
    {
        refusal = default;
        if (text.Length == 0)
            refusal = ("a host is missing", $"mm-silo:{UsualPort}");
        else if (text[0] == '[')
        {
            var end = text.IndexOf(']');
            if (end > 0 && IsSix(text[1..end]) && (end == text.Length - 1 || text[end + 1] == ':'))
                return Port(text[1..end], end == text.Length - 1 ? null : text[(end + 2)..], out refusal);
            refusal = ($"'{text}' has no address of IPv6 in its brackets", $"[::1]:{UsualPort}");
        }
        else if (text.Count(c => c == ':') > 1)
        {
            // The last group of ::1:3000 may be part of the address or a port.
            var last = text[(text.LastIndexOf(':') + 1)..];
            if (IsSix(text) && !(last.Length > 3 && last.All(char.IsAsciiDigit)))
                return (text, UsualPort);
            var address = text[..text.LastIndexOf(':')];
            refusal = (
                $"'{text}' leaves open where the address of IPv6 ends and the port begins",
                IsSix(address) && last.All(char.IsAsciiDigit) ? $"[{address}]:{last}" : $"[::1]:{UsualPort}"
            );
        }
        else
        {
            var host = text.Split(':')[0];
            if (Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4)
                return Port(host, text.Contains(':') ? text[(host.Length + 1)..] : null, out refusal);
            refusal = ($"'{host}' is not a name of a host", $"mm-silo:{UsualPort}");
        }

        return null;
    }

    private static (string, int)? Port(string host, string? text, out (string Why, string Instead) refusal)
    {
        refusal = default;
        if (text is null)
            return (host, UsualPort);
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
            return (host, port);
        refusal = ($"'{text}' is not a port from 1 to 65535", Write(host, UsualPort));
        return null;
    }

    private static bool IsSix(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
}
