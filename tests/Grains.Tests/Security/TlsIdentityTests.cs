using System.Security.Cryptography.X509Certificates;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Grains.Tests.Security;

/// <summary>The files behind a certificate: what is wrong with them, and what becomes of them while a process runs.</summary>
public sealed class TlsIdentityTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AKubeletsSwapIsSeenAtTheNextHandshake()
    {
        using var first = _authority.Silo();
        using var second = _authority.Silo();
        var mount = new SecretMount(_folder["tls"], _authority, first);
        var identity = Open(mount.Files);
        var changes = new List<string>();
        identity.Changed += (certificate, fault) => changes.Add(fault?.Message ?? certificate.SerialNumber);

        Assert.Equal(first.SerialNumber, identity.Certificate.SerialNumber);
        mount.Renew(_authority, second);

        Assert.Equal(second.SerialNumber, identity.Certificate.SerialNumber);
        Assert.True(identity.Certificate.HasPrivateKey);
        Assert.Equal([second.SerialNumber], changes);
    }

    [Fact]
    public void HalfARenewalLeavesTheOldOneInForceAndIsToldOnce()
    {
        using var first = _authority.Silo();
        using var second = _authority.Silo();
        var files = _authority.Write(_folder["tls"], first);
        var identity = Open(files);
        var told = new List<FaultException?>();
        identity.Changed += (_, fault) => told.Add(fault);

        File.WriteAllText(files.Certificate, second.ExportCertificatePem());
        Assert.Equal(first.SerialNumber, identity.Certificate.SerialNumber);
        Assert.Equal(first.SerialNumber, identity.Certificate.SerialNumber);
        Assert.Contains("is not the key of", Assert.Single(told)!.Message, StringComparison.Ordinal);

        File.WriteAllText(files.Key, second.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Equal(second.SerialNumber, identity.Certificate.SerialNumber);
        Assert.Null(told[^1]);
    }

    [Fact]
    public void FilesThatGoAwayAreMissedAndNotNeeded()
    {
        using var silo = _authority.Silo();
        var files = _authority.Write(_folder["tls"], silo);
        var identity = Open(files);

        File.Delete(files.Key);

        Assert.Equal(silo.SerialNumber, identity.Certificate.SerialNumber);
        Assert.Null(identity.WhyNotServer(silo));
    }

    [Fact]
    public void AnotherAuthorityInTheFileCountsFromTheNextHandshakeOn()
    {
        using var silo = _authority.Silo();
        using var other = new TestAuthority("CN=next");
        using var newcomer = other.Silo();
        var files = _authority.Write(_folder["tls"], silo);
        var identity = Open(files);
        Assert.NotNull(identity.WhyNotCaller(newcomer, TlsRole.Silo));

        File.AppendAllText(files.Authority, "\n" + other.Certificate.ExportCertificatePem());

        Assert.Null(identity.WhyNotCaller(newcomer, TlsRole.Silo));
        Assert.Null(identity.WhyNotCaller(silo, TlsRole.Silo));
    }

    [Fact]
    public void AnAuthorityInBetweenMayStandBehindTheCertificate()
    {
        using var between = new TestAuthority("CN=in between", _authority);
        using var silo = between.Silo();
        using var other = between.Silo();
        using var stranger = new TestAuthority("CN=in between").Silo();
        var files = _authority.Write(_folder["tls"], silo);
        File.AppendAllText(files.Certificate, "\n" + between.Certificate.ExportCertificatePem());

        var identity = Open(files);

        Assert.Equal(silo.SerialNumber, identity.Certificate.SerialNumber);
        Assert.Null(identity.WhyNotServer(other));
        Assert.Null(identity.WhyNotCaller(other, TlsRole.Silo));
        Assert.NotNull(identity.WhyNotServer(stranger));
    }

    /// <summary>What stands there is trusted no more than the authority says.</summary>
    [Fact]
    public void AnAuthorityOfNobodysBehindTheCertificateIsNotBelieved()
    {
        using var stranger = new TestAuthority("CN=somebody");
        using var silo = _authority.Silo();
        var files = _authority.Write(_folder["tls"], silo);
        File.AppendAllText(files.Certificate, "\n" + stranger.Certificate.ExportCertificatePem());

        Assert.NotNull(Open(files).WhyNotServer(stranger.Silo()));
    }

    [Theory]
    [InlineData("nothing", "cannot be read", "a file that this process may read")]
    [InlineData("garbage", "holds no certificate in PEM", "-----BEGIN CERTIFICATE-----")]
    [InlineData("wrong key", "is not the key of", "the key that the certificate was made with")]
    [InlineData("expired", "expired on", "that is valid now")]
    [InlineData("other authority", "was not issued by the cluster's authority", "have")]
    [InlineData("client's", "does not carry the name mm-silo", "with the DNS name mm-silo")]
    [InlineData("no authority", "holds no certificate", "the authority that issued")]
    public void EachFaultOfTheFilesIsNamedWithItsFix(string fault, string what, string fix)
    {
        using var silo = _authority.Silo();
        using var other = new TestAuthority("CN=somebody else");
        var files = _authority.Write(_folder["tls"], silo);
        switch (fault)
        {
            case "nothing":
                File.Delete(files.Certificate);
                break;
            case "garbage":
                File.WriteAllText(files.Certificate, "x");
                break;
            case "wrong key":
                File.WriteAllText(files.Key, other.Silo().GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
                break;
            case "expired":
                _authority.Write(
                    _folder["tls"],
                    _authority.Issue("CN=x", "mm-silo", -2 * Hour, -Hour, TestAuthority.ClientUse)
                );
                break;
            case "other authority":
                File.WriteAllText(files.Authority, other.Certificate.ExportCertificatePem());
                break;
            case "client's":
                _authority.Write(_folder["tls"], _authority.Client());
                break;
            case "no authority":
                File.WriteAllText(files.Authority, "");
                break;
        }

        var refused = Assert.Throws<FaultException>(() => Open(files));

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(fix, refused.Fix, StringComparison.Ordinal);
    }

    private static TlsIdentity Open(TlsFiles files) =>
        TlsIdentity.Open(files, TlsRole.Silo, TimeProvider.System);
}
