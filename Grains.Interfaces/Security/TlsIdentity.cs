using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>Who this process is and whom it trusts; follows its files when they are replaced.</summary>
/// <remarks>
/// The files are read again for every handshake, which are few, and compared by their bytes: Kubernetes swaps a directory behind a link, and
/// neither times nor watchers see that on every file system. Connections that stand go on as they are. While new files cannot be used, such
/// as between the writing of one and of the other, the old ones stay in force. Safe to use from several threads.
/// </remarks>
public sealed class TlsIdentity
{
    private const string Unusable = "MM1011";

    private readonly TlsFiles _files;
    private readonly TlsRole _role;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private Loaded _loaded;
    private byte[]? _refused; // bytes that could not be used: told once

    private TlsIdentity(TlsFiles files, TlsRole role, TimeProvider clock, Loaded loaded) =>
        (_files, _role, _clock, _loaded) = (files, role, clock, loaded);

    /// <summary>Is told when a new certificate is in force (null), or why replaced files are not used.</summary>
    public event Action<X509Certificate2, FaultException?>? Changed;

    /// <summary>The certificate in force, with its key.</summary>
    public X509Certificate2 Certificate => Now().Certificate;

    /// <summary>When it expires.</summary>
    public DateTimeOffset Expires => new(Now().Certificate.NotAfter.ToUniversalTime());

    /// <summary>Reads the files.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="role">What this process is to be.</param>
    /// <param name="clock">The time that certificates are judged by.</param>
    /// <exception cref="FaultException">They cannot be used: missing, damaged, expired, of different origin, or of another role.</exception>
    public static TlsIdentity Open(TlsFiles files, TlsRole role, TimeProvider clock) =>
        new(files, role, clock, Load(files, Bytes(files), role, clock.GetUtcNow()));

    /// <summary>Judges the called side.</summary>
    /// <returns>Null when it is a member of the cluster; otherwise why not.</returns>
    public string? WhyNotServer(X509Certificate2? certificate) => WhyNotServer(certificate, Now());

    /// <summary>Judges the caller.</summary>
    /// <param name="certificate">What it showed.</param>
    /// <param name="role">What it must be.</param>
    /// <returns>Null when it is; otherwise why not.</returns>
    public string? WhyNotCaller(X509Certificate2? certificate, TlsRole role) =>
        WhyNotCaller(certificate, role, Now());

    private string? WhyNotServer(X509Certificate2? certificate, Loaded now) =>
        TlsTrust.WhyNotServer(certificate, now.Authority, _clock.GetUtcNow(), now.Chain);

    private string? WhyNotCaller(X509Certificate2? certificate, TlsRole role, Loaded now) =>
        TlsTrust.WhyNotCaller(certificate, now.Authority, _clock.GetUtcNow(), role, now.Chain);

    private Loaded Now()
    {
        lock (_gate)
        {
            FaultException? fault = null;
            try
            {
                var bytes = Bytes(_files);
                if (bytes.AsSpan().SequenceEqual(_loaded.Bytes))
                    return _loaded;
                if (_refused is { } refused && bytes.AsSpan().SequenceEqual(refused))
                    return _loaded;
                try
                {
                    _loaded = Load(_files, bytes, _role, _clock.GetUtcNow());
                }
                catch (FaultException unusable)
                {
                    (_refused, fault) = (bytes, unusable);
                }
            }
            catch (FaultException missing)
            {
                if (_refused is [])
                    return _loaded;
                (_refused, fault) = ([], missing);
            }

            Changed?.Invoke(_loaded.Certificate, fault);
            return _loaded;
        }
    }

    private static Loaded Load(TlsFiles files, byte[] bytes, TlsRole role, DateTimeOffset now)
    {
        var certificate = WithKey(files);
        var authority = Authority(files.Authority);
        // An authority may issue by another one in between, whose certificate comes behind the leaf. What the other side sends of its own is not
        // handed to us on every system, but one cluster's certificates are issued in one way.
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Text(files.Certificate));
        var whyNot =
            TlsTrust.WhyNotCaller(certificate, authority, now, role, chain)
            ?? (role == TlsRole.Silo ? TlsTrust.WhyNotServer(certificate, authority, now, chain) : null);
        return whyNot is null
            ? new(bytes, certificate, authority, chain)
            : throw new FaultException(
                Unusable,
                $"{files.Certificate} cannot be used, {whyNot}",
                role == TlsRole.Silo
                    ? $"have {files.Authority}'s authority issue one with the DNS name {TlsTrust.SiloName}, for servers and clients, that is valid now"
                    : $"have {files.Authority}'s authority issue one for clients that is valid now, or name the authority that issued this one"
            );
    }

    private static X509Certificate2 WithKey(TlsFiles files)
    {
        string key = Text(files.Key);
        string pem = Text(files.Certificate);
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException fault)
        {
            throw new FaultException(
                Unusable,
                $"{files.Certificate} holds no certificate in PEM: {fault.Message}",
                "give a file that begins with -----BEGIN CERTIFICATE-----",
                fault
            );
        }

        certificate.Dispose();
        try
        {
            return X509Certificate2.CreateFromPem(pem, key);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new FaultException(
                Unusable,
                $"{files.Key} is not the key of {files.Certificate}, or is not an unencrypted key in PEM: {fault.Message}",
                "give the key that the certificate was made with; both are replaced together",
                fault
            );
        }
    }

    private static X509Certificate2Collection Authority(string file)
    {
        var authority = new X509Certificate2Collection();
        try
        {
            authority.ImportFromPem(Text(file));
        }
        catch (CryptographicException fault)
        {
            throw new FaultException(
                Unusable,
                $"{file} holds no certificate in PEM: {fault.Message}",
                "give the certificate of the authority that issued those of the cluster",
                fault
            );
        }

        return authority.Count > 0
            ? authority
            : throw new FaultException(
                Unusable,
                $"{file} holds no certificate",
                "give the certificate of the authority that issued those of the cluster"
            );
    }

    // Far more than any chain of certificates: a wrong path may lead to anything.
    private const int LargestFile = 1 << 20;

    private static string Text(string file) => System.Text.Encoding.UTF8.GetString(Bytes(file));

    private static byte[] Bytes(TlsFiles files) =>
        [.. Bytes(files.Certificate), .. Bytes(files.Key), .. Bytes(files.Authority)];

    private static byte[] Bytes(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (stream.Length > LargestFile)
                throw new FaultException(
                    Unusable,
                    $"{file} is {stream.Length} bytes, no certificate or key has more than {LargestFile}",
                    "give the PEM file"
                );
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            throw new FaultException(
                Unusable,
                $"{file} cannot be read: {fault.Message.TrimEnd('.')}",
                "give a file that this process may read",
                fault
            );
        }
    }

    private sealed record Loaded(
        byte[] Bytes,
        X509Certificate2 Certificate,
        X509Certificate2Collection Authority,
        X509Certificate2Collection Chain
    );
}
