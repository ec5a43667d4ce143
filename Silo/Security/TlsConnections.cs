using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Silo.Security;

/// <summary>Connections beside Orleans' own: the same certificates are shown and demanded as at the silo port.</summary>
internal sealed class TlsConnections(TlsIdentity identity, TlsLog log) : IConnectionSecurity
{
    /// <inheritdoc/>
    public async Task<Stream> AsCalledAsync(Stream connection, CancellationToken cancellationToken)
    {
        var secured = new SslStream(connection);
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = identity.Certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    log.Allows(
                        identity.WhyNotCaller(certificate as X509Certificate2, TlsRole.Silo),
                        "a caller at the port for vectors"
                    ),
            },
            cancellationToken
        );
        return secured;
    }

    /// <inheritdoc/>
    public async Task<Stream> AsCallerAsync(Stream connection, CancellationToken cancellationToken)
    {
        var secured = new SslStream(connection);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = TlsTrust.SiloName,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => identity.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    log.Allows(
                        identity.WhyNotServer(certificate as X509Certificate2),
                        "a silo that vectors were to go to"
                    ),
            },
            cancellationToken
        );
        return secured;
    }
}
