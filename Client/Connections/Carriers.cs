using MMOrleans.Client.Invocations;

namespace MMOrleans.Client.Connections;

/// <summary>What carries questions to a cluster: a gateway from inside, HTTP from outside.</summary>
internal static class Carriers
{
    /// <summary>Connects by the one that the address names.</summary>
    /// <exception cref="FaultException">MM3001, MM3003, MM3004: the cluster does not answer, or rejects this client; or MM1011.</exception>
    public static async Task<ICluster> ConnectAsync(
        this ClusterAddress address,
        CancellationToken cancellationToken
    ) =>
        address.Rest is null
            ? await ClusterConnection.OpenAsync(address, cancellationToken)
            : await RestConnection.OpenAsync(address, cancellationToken);
}
