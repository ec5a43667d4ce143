using System.Net;
using System.Net.Sockets;
using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Client.Invocations;

/// <summary>
/// Where a cluster answers, as <see cref="ClusterName"/> reads it: gateways from inside, HTTP from outside.
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
    /// <exception cref="FaultException">MM1002: it is not an address. MM1004, MM1006: no token. MM1005: half a certificate.</exception>
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

    /// <exception cref="FaultException">MM1002: it is not an address.</exception>
    public static ClusterAddress Read(string text) =>
        ClusterName.Read(text, out var refusal) is { } name
            ? new(text, name.ClusterId, name.Gateways) { Rest = name.Rest }
            : throw new FaultException(
                "MM1002",
                $"--cluster wants HOST:PORT[,HOST:PORT] or https://HOST: {refusal.Why}",
                $"--cluster {refusal.Instead}"
            );

    /// <summary>The addresses behind the names; a name that does not resolve is left out.</summary>
    public async Task<IReadOnlyList<Uri>> ResolveAsync(CancellationToken cancellationToken)
    {
        List<Uri> found = [];
        foreach (var (host, port) in Gateways)
        {
            try
            {
                foreach (var address in await AddressesAsync(host, cancellationToken))
                    found.Add(UriOf(new(address, port)));
            }
            catch (SocketException)
            {
                // Another one may resolve; if none does, that is told as a cluster that does not answer.
            }
        }

        return found;
    }

    // A silo listens on IPv4 unless it was given another address: where a name has both, that is the one.
    private static async Task<IEnumerable<IPAddress>> AddressesAsync(
        string host,
        CancellationToken cancellationToken
    )
    {
        var all = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var four = all.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        return four.Count > 0 ? four : all;
    }

    /// <summary>As Orleans names a gateway.</summary>
    public static Uri UriOf(IPEndPoint endpoint) => new($"gwy.tcp://{endpoint}/0");
}
