using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MMOrleans.Client.Errors;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Client.Connections;

/// <summary>Where a cluster answers: <c>HOST:PORT[,HOST:PORT]</c>, before it its name and <c>@</c> unless that is the usual one.</summary>
/// <param name="Text">As it was typed.</param>
/// <param name="ClusterId">Name of the cluster.</param>
/// <param name="Gateways">Host and port of some of its silos.</param>
internal sealed record ClusterAddress(
    string Text,
    string ClusterId,
    IReadOnlyList<(string Host, int Port)> Gateways
)
{
    private const string UsualCluster = "mmorleans";

    /// <summary>What <c>mm</c> shows there; null for a cluster without certificates.</summary>
    public TlsFiles? Tls { get; init; }

    /// <param name="text">As it was typed.</param>
    /// <param name="environment">Names the files of a certificate, or none.</param>
    /// <exception cref="MmError">MM1002: it is no address. MM1005: half a certificate.</exception>
    public static ClusterAddress Read(string text, EnvironmentSnapshot environment) =>
        Read(text) with
        {
            Tls = ClientTls.Read(environment),
        };

    /// <exception cref="MmError">MM1002: it is no address.</exception>
    public static ClusterAddress Read(string text)
    {
        var parts = text.Split('@', 2);
        var gateways = parts[^1].Split(',').Select(Gateway).ToList();
        return gateways.Contains(null) || (parts.Length == 2 && parts[0].Length == 0)
            ? throw new MmError(
                "MM1002",
                $"--cluster wants HOST:PORT[,HOST:PORT], got '{text}'",
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
