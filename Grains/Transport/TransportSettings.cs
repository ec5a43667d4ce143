using System.Net;

namespace MMOrleans.Grains.Transport;

/// <summary>How vectors may get to other silos.</summary>
/// <param name="SharesMemory">Whether silos of one machine read each other's memory.</param>
/// <param name="HasConnections">Whether vectors go over connections of their own to those that do not.</param>
/// <param name="Address">Where others reach this silo.</param>
/// <param name="ListenAt">Where it listens for their connections; port 0 is any free one.</param>
internal sealed record TransportSettings(
    bool SharesMemory,
    bool HasConnections,
    IPAddress Address,
    IPEndPoint ListenAt
);
