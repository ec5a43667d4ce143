using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Security;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace MMOrleans.Silo.Security;

/// <summary>Has a silo's two ports, and its calls to other silos, demand and show certificates of the cluster's authority.</summary>
internal static class SiloTls
{
    /// <summary>Adds it.</summary>
    /// <remarks>At the silo port only members are let in, at the gateway port everybody with a certificate of the authority.</remarks>
    public static void Add(ISiloBuilder silo, TlsIdentity identity)
    {
        silo.Services.AddSingleton(identity);
        silo.Services.AddSingleton<TlsLog>();
        silo.Services.AddSingleton<IConnectionSecurity, TlsConnections>();
        silo.Services.AddHostedService(services => services.GetRequiredService<TlsLog>());
        silo.Services.AddOptions<SiloConnectionOptions>()
            .Configure<TlsLog>(
                (options, log) =>
                {
                    options.ConfigureSiloInboundConnection(c =>
                        c.UseServerTls(Server(identity, TlsRole.Silo, log))
                    );
                    options.ConfigureGatewayInboundConnection(c =>
                        c.UseServerTls(Server(identity, TlsRole.Client, log))
                    );
                    options.ConfigureSiloOutboundConnection(c => c.UseClientTls(Caller(identity, log)));
                }
            );
    }

    private static TlsOptions Server(TlsIdentity identity, TlsRole caller, TlsLog log) =>
        new()
        {
            LocalServerCertificateSelector = (_, _) => identity.Certificate,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (certificate, _, _) =>
                log.Allows(
                    identity.WhyNotCaller(certificate, caller),
                    caller == TlsRole.Silo ? "a caller at the silo port" : "a caller at the gateway port"
                ),
        };

    private static TlsOptions Caller(TlsIdentity identity, TlsLog log) =>
        new()
        {
            LocalClientCertificateSelector = (_, _, _, _, _) => identity.Certificate,
            ClientCertificateMode = RemoteCertificateMode.AllowCertificate,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (certificate, _, _) =>
                log.Allows(identity.WhyNotServer(certificate), "a silo that was called"),
            OnAuthenticateAsClient = (_, options) => options.TargetHost = TlsTrust.SiloName,
        };
}
