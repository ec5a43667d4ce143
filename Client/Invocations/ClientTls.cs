using MMOrleans.Configuration.Sources;
using MMOrleans.Grains.Interfaces.Security;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace MMOrleans.Client.Invocations;

/// <summary>The certificate that <c>mm</c> shows to a cluster, and the authority that it judges silos by.</summary>
internal static class ClientTls
{
    private static readonly string[] Variables = ["MM_TLS_CERT", "MM_TLS_KEY", "MM_TLS_CA"];

    /// <summary>The files that the environment names; null for a cluster without certificates.</summary>
    /// <exception cref="FaultException">MM1005: some of the three are missing.</exception>
    public static TlsFiles? Read(EnvironmentSnapshot environment)
    {
        var files = Variables.Select(name => environment[name]).ToList();
        if (files is [{ } certificate, { } key, { } authority])
            return new(certificate, key, authority);
        return files.TrueForAll(file => file is null)
            ? null
            : throw new FaultException(
                "MM1005",
                $"{Variables[files.IndexOf(null)]} is not set: a certificate, its key and the authority go together",
                "export MM_TLS_CERT=tls.crt MM_TLS_KEY=tls.key MM_TLS_CA=ca.crt, or unset all three"
            );
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="FaultException">MM1011: they cannot be used.</exception>
    public static TlsIdentity Open(TlsFiles files) =>
        TlsIdentity.Open(files, TlsRole.Client, TimeProvider.System);

    /// <summary>Has a client show its certificate, and speak to members only.</summary>
    public static void Add(IClientBuilder client, TlsIdentity identity) =>
        client.Configure<ClientConnectionOptions>(options =>
            options.ConfigureConnection(connection =>
                connection.UseClientTls(
                    new()
                    {
                        LocalClientCertificateSelector = (_, _, _, _, _) => identity.Certificate,
                        ClientCertificateMode = RemoteCertificateMode.AllowCertificate,
                        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
                        RemoteCertificateValidation = (certificate, _, _) =>
                            identity.WhyNotServer(certificate) is null,
                        OnAuthenticateAsClient = (_, options) => options.TargetHost = TlsTrust.SiloName,
                    }
                )
            )
        );
}
