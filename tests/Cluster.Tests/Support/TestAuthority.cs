using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>An authority that a test makes for itself, and the certificates that it issues.</summary>
/// <param name="name">What it is called.</param>
/// <param name="issuer">Who vouches for it; null for one that vouches for itself.</param>
internal sealed class TestAuthority(string name = "CN=authority of the test", TestAuthority? issuer = null)
    : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private X509Certificate2? _certificate;

    /// <summary>Its own certificate.</summary>
    public X509Certificate2 Certificate => _certificate ??= Root();

    /// <summary>A certificate with its key.</summary>
    /// <param name="subject">Such as <c>CN=mm</c>.</param>
    /// <param name="dnsName">A name it carries; null for none.</param>
    /// <param name="from">When it becomes valid, from now.</param>
    /// <param name="until">When it ends, from now.</param>
    /// <param name="uses">What it may be used for; none for no word about it.</param>
    public X509Certificate2 Issue(
        string subject,
        string? dnsName,
        TimeSpan from,
        TimeSpan until,
        params string[] uses
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        if (uses.Length > 0)
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], critical: false)
            );
        var now = TimeProvider.System.GetUtcNow();
        using var bare = request.Create(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            now + from,
            now + until,
            RandomNumberGenerator.GetBytes(16)
        );
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>A member's, valid for an hour.</summary>
    public X509Certificate2 Silo() =>
        Issue(
            "CN=silo of the test",
            TlsTrust.SiloName,
            -TimeSpan.FromHours(1),
            TimeSpan.FromHours(1),
            ServerUse,
            ClientUse
        );

    /// <summary>That of a program like <c>mm</c>, valid for an hour.</summary>
    public X509Certificate2 Client() =>
        Issue("CN=mm of the test", null, -TimeSpan.FromHours(1), TimeSpan.FromHours(1), ClientUse);

    /// <summary>Writes a certificate's files as a Kubernetes secret has them.</summary>
    /// <param name="folder">Where; made if missing.</param>
    /// <param name="certificate">With its key.</param>
    /// <param name="authorities">Whom its owner trusts; this one alone when none is named.</param>
    public TlsFiles Write(string folder, X509Certificate2 certificate, params X509Certificate2[] authorities)
    {
        Directory.CreateDirectory(folder);
        var files = FilesIn(folder);
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(
            files.Authority,
            string.Join(
                '\n',
                (authorities.Length == 0 ? [Certificate] : authorities).Select(a => a.ExportCertificatePem())
            )
        );
        return files;
    }

    public static TlsFiles FilesIn(string folder) =>
        new(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"), Path.Combine(folder, "ca.crt"));

    public void Dispose()
    {
        _certificate?.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Root()
    {
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        var now = TimeProvider.System.GetUtcNow();
        return issuer is null
            ? request.CreateSelfSigned(now.AddDays(-3), now.AddDays(3))
            : request.Create(
                issuer.Certificate.SubjectName,
                X509SignatureGenerator.CreateForECDsa(issuer._key),
                now.AddDays(-2),
                now.AddDays(2),
                RandomNumberGenerator.GetBytes(16)
            );
    }
}
