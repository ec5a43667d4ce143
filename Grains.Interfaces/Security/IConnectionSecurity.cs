namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>Secures connections between silos that are not Orleans' own.</summary>
public interface IConnectionSecurity
{
    /// <summary>The connection as the called side reads and writes it.</summary>
    /// <param name="connection">Taken over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The caller is no member of the cluster.</exception>
    Task<Stream> AsCalledAsync(Stream connection, CancellationToken cancellationToken);

    /// <summary>The connection as the caller reads and writes it.</summary>
    /// <param name="connection">Taken over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The called side is no member of the cluster.</exception>
    Task<Stream> AsCallerAsync(Stream connection, CancellationToken cancellationToken);
}
