using System.Collections.Immutable;
using System.Net;
using MMOrleans.Client.Invocations;
using Orleans.Messaging;

namespace MMOrleans.Client.Connections;

/// <summary>The silos that this client may connect to: those it was given, and, once they are lost, those it has learned of.</summary>
internal sealed class ClusterGateways(ClusterAddress address) : IGatewayListProvider
{
    private ImmutableList<Uri> _learned = [];

    /// <summary>Set while no silo is connected.</summary>
    public bool IsLost { get; set; }

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(2);

    public bool IsUpdatable => true;

    /// <summary>Takes note of the gateways of the other silos.</summary>
    /// <remarks>They are used only when the given ones are gone: behind a forwarded port they may lead nowhere.</remarks>
    public void Learn(IEnumerable<string> gateways) =>
        _learned = [
            .. gateways
                .Select(text => IPEndPoint.TryParse(text, out var endpoint) ? endpoint : null)
                .OfType<IPEndPoint>()
                .Select(ClusterAddress.UriOf),
        ];

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        var given = await address.ResolveAsync(CancellationToken.None);
        return IsLost ? [.. given.Union(_learned)] : [.. given];
    }
}
