using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MMOrleans.Client.Errors;
using MMOrleans.Configuration;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Client.Connections;

/// <summary>
/// Where a cluster answers: <c>HOST:PORT[,HOST:PORT]</c> of gateways, before it its name and <c>@</c> unless that is the usual one; or
/// <c>http://…</c> or <c>https://…</c>, from outside.
/// </summary>
/// <param name="Text">As it was typed.</param>
/// <param name="ClusterId">Name of the cluster.</param>
/// <param name="Gateways">Host and port of some of its silos; none where it is asked over HTTP.</param>
internal sealed record ClusterAddress(
    string Text,
    string ClusterId,
    IReadOnlyList<(string Host, int Port)> Gateways
)
{
    private const string UsualCluster = "mmorleans";

    /// <summary>What <c>mm</c> shows to a gateway; null for a cluster without certificates.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Where HTTP is spoken; null for gateways.</summary>
    public Uri? Rest { get; private init; }

    /// <summary>What <c>mm</c> shows there; null where nobody asks.</summary>
    public BearerToken? Token { get; private init; }

    /// <summary>Where the token came from, for commands that are printed; null for the environment.</summary>
    public string? TokenFile { get; private init; }

    /// <summary>PEM file of the authority to trust there; null for those that this machine trusts.</summary>
    public string? Authority { get; private init; }

    /// <param name="text">As it was typed.</param>
    /// <param name="environment">Names the files of a certificate, or none, and may hold a token.</param>
    /// <param name="tokenFile">Value of <c>--token-file</c>.</param>
    /// <exception cref="MmError">MM1002: it is no address. MM1004, MM1006: no token. MM1005: half a certificate.</exception>
    public static ClusterAddress Read(string text, EnvironmentSnapshot environment, string? tokenFile = null)
    {
        var address = Read(text);
        return address.Rest is null
            ? address with
            {
                Tls = ClientTls.Read(environment),
            }
            : address with
            {
                Token = BearerToken.Read(tokenFile, environment),
                TokenFile = tokenFile,
                Authority = environment["MM_TLS_CA"],
            };
    }

    /// <summary>Connects: from inside to a gateway, from outside over HTTP.</summary>
    /// <exception cref="MmError">Nobody answers, or not to us: MM3001, MM3003, MM3004; or MM1011.</exception>
    public async Task<ICluster> ConnectAsync(CancellationToken cancellationToken) =>
        Rest is null
            ? await ClusterConnection.OpenAsync(this, cancellationToken)
            : await RestConnection.OpenAsync(this, cancellationToken);

    /// <exception cref="MmError">MM1002: it is no address.</exception>
    public static ClusterAddress Read(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            return
                Uri.TryCreate(text, UriKind.Absolute, out var rest)
                && rest.Scheme is ("http" or "https")
                && rest is { UserInfo: "", Query: "", Fragment: "" }
                ? new(text, UsualCluster, []) { Rest = rest }
                : throw new MmError(
                    "MM1002",
                    "--cluster wants http://HOST[:PORT] or https://HOST[:PORT], and nothing behind it",
                    "--cluster https://mm.example.org; a token comes from MM_TOKEN or --token-file"
                );
        var parts = text.Split('@', 2);
        var gateways = parts[^1].Split(',').Select(Gateway).ToList();
        return gateways.Contains(null) || (parts.Length == 2 && parts[0].Length == 0)
            ? throw new MmError(
                "MM1002",
                $"--cluster wants HOST:PORT[,HOST:PORT] or https://HOST, got '{text}'",
                "--cluster mm-silo:30000; another name than mmorleans goes before it: --cluster NAME@mm-silo:30000"
            )
            : new(text, parts.Length == 2 ? parts[0] : UsualCluster, [.. gateways.Select(g => g!.Value)]);
    }

    /// <summary>The addresses behind the names; a name that does not resolve is left out.</summary>
    public async Task<IReadOnlyList<Uri>> ResolveAsync(CancellationToken cancellationToken)
    {
        List<Uri> found = [];
        foreach (var (host, port) in Gateways)
        {
            try
            {
                foreach (
                    var address in await Dns.GetHostAddressesAsync(
                        host,
                        AddressFamily.InterNetwork,
                        cancellationToken
                    )
                )
                    found.Add(UriOf(new(address, port)));
            }
            catch (SocketException)
            {
                // Another one may resolve; if none does, that is told as a cluster that does not answer.
            }
        }

        return found;
    }

    /// <summary>As Orleans names a gateway.</summary>
    public static Uri UriOf(IPEndPoint endpoint) => new($"gwy.tcp://{endpoint}/0");

    private static (string, int)? Gateway(string text)
    {
        var colon = text.LastIndexOf(':');
        return
            colon > 0
            && ushort.TryParse(
                text.AsSpan(colon + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var port
            )
            && port > 0
            ? (text[..colon], port)
            : null;
    }
}
