using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>Decides whether a certificate may do what its owner wants to do.</summary>
/// <remarks>
/// Only certificates of the cluster's own authority count, never those that the machine trusts. Pods change their addresses, so a certificate
/// names a role and no host. Nothing is fetched from where a certificate says: its issuers and revocations are foreign bytes.
/// </remarks>
public static class TlsTrust
{
    /// <summary>DNS name that a member's certificate carries.</summary>
    public const string SiloName = "mm-silo";

    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Judges the called side: it must be a member.</summary>
    /// <param name="certificate">What it showed; null for none.</param>
    /// <param name="authority">The cluster's authority.</param>
    /// <param name="now">The time.</param>
    /// <param name="between">Certificates that may stand between the two, which are trusted no more than the authority says.</param>
    /// <returns>Null when it is; otherwise why not, in the middle of a sentence.</returns>
    public static string? WhyNotServer(
        X509Certificate2? certificate,
        X509Certificate2Collection authority,
        DateTimeOffset now,
        X509Certificate2Collection? between = null
    ) => WhyNot(certificate, authority, now, ServerUse, TlsRole.Silo, between);

    /// <summary>Judges the caller.</summary>
    /// <param name="certificate">What it showed; null for none.</param>
    /// <param name="authority">The cluster's authority.</param>
    /// <param name="now">The time.</param>
    /// <param name="role">What it must be: a member at the port for members, anybody of the cluster's at the one for clients.</param>
    /// <param name="between">Certificates that may stand between the two, which are trusted no more than the authority says.</param>
    /// <returns>Null when it is; otherwise why not, in the middle of a sentence.</returns>
    public static string? WhyNotCaller(
        X509Certificate2? certificate,
        X509Certificate2Collection authority,
        DateTimeOffset now,
        TlsRole role,
        X509Certificate2Collection? between = null
    ) => WhyNot(certificate, authority, now, ClientUse, role, between);

    private static string? WhyNot(
        X509Certificate2? certificate,
        X509Certificate2Collection authority,
        DateTimeOffset now,
        Oid use,
        TlsRole role,
        X509Certificate2Collection? between
    )
    {
        if (certificate is null)
            return "it showed no certificate";
        // The three commonest reasons first, each by its own name.
        if (now < certificate.NotBefore)
            return $"its certificate ({certificate.Subject}) is valid from {Day(certificate.NotBefore)} only";
        if (now > certificate.NotAfter)
            return $"its certificate ({certificate.Subject}) expired on {Day(certificate.NotAfter)}";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(authority);
        if (between is not null)
            chain.ChainPolicy.ExtraStore.AddRange(between);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        var isIssued = chain.Build(certificate);
        if (!isIssued)
            return $"its certificate ({certificate.Subject}) was not issued by the cluster's authority ({string.Join(", ", authority.Select(a => a.Subject))}): {Reasons(chain)}";
        if (Uses(certificate) is { } uses && !uses.Cast<Oid>().Any(oid => oid.Value == use.Value))
            return $"its certificate ({certificate.Subject}) is not for {(use == ServerUse ? "servers" : "clients")}";
        if (role == TlsRole.Silo && !Names(certificate).Contains(SiloName, StringComparer.OrdinalIgnoreCase))
            return $"its certificate ({certificate.Subject}) does not carry the name {SiloName}, so it is not a silo's";
        return null;
    }

    private static OidCollection? Uses(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages;

    private static IEnumerable<string> Names(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames());

    private static string Reasons(X509Chain chain) =>
        string.Join(
            ", ",
            chain
                .ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.'))
                .Where(text => text.Length > 0)
                .Distinct()
        );

    internal static string Day(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
