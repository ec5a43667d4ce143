using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Grains.Transport;

/// <summary>Connections of a cluster without certificates, as they are.</summary>
internal sealed class PlainConnections : IConnectionSecurity
{
    /// <inheritdoc/>
    public Task<Stream> AsCalledAsync(Stream connection, CancellationToken cancellationToken) =>
        Task.FromResult(connection);

    /// <inheritdoc/>
    public Task<Stream> AsCallerAsync(Stream connection, CancellationToken cancellationToken) =>
        Task.FromResult(connection);
}
