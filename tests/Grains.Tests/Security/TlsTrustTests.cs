using System.Security.Cryptography.X509Certificates;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Grains.Tests.Security;

/// <summary>Whose certificate lets him do what.</summary>
public sealed class TlsTrustTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("CN=somebody else");

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void AMemberMayCallAndBeCalled()
    {
        using var silo = _authority.Silo();

        Assert.Null(Server(silo));
        Assert.Null(Caller(silo, TlsRole.Silo));
        Assert.Null(Caller(silo, TlsRole.Client));
    }

    [Fact]
    public void AClientMayAskAtTheGatewayAndNeitherJoinNorAnswer()
    {
        using var client = _authority.Client();

        Assert.Null(Caller(client, TlsRole.Client));
        Assert.Contains(
            "does not carry the name mm-silo",
            Caller(client, TlsRole.Silo),
            StringComparison.Ordinal
        );
        Assert.Contains("is not for servers", Server(client), StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyIsNobody() => Assert.Equal("it showed no certificate", Caller(null, TlsRole.Client));

    [Fact]
    public void AnotherAuthoritysMemberIsAStranger()
    {
        using var silo = _other.Silo();

        Assert.Contains(
            "was not issued by the cluster's authority (CN=authority of the test)",
            Caller(silo, TlsRole.Client),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AnAuthorityOfTheSameNameIsAStrangerToo()
    {
        using var forged = new TestAuthority();
        using var silo = forged.Silo();

        Assert.Contains("was not issued by", Caller(silo, TlsRole.Silo), StringComparison.Ordinal);
    }

    [Fact]
    public void ACertificateIssuedByAClientIsNone()
    {
        using var client = _authority.Client();
        using var key = client.GetECDsaPrivateKey()!;
        var request = new CertificateRequest(
            "CN=mm-silo",
            key,
            System.Security.Cryptography.HashAlgorithmName.SHA256
        );
        using var grandchild = request.Create(
            client.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            Now - Hour,
            Now + Hour,
            [1]
        );

        Assert.Contains("was not issued by", Caller(grandchild, TlsRole.Client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-2, -1, "expired on")]
    [InlineData(1, 2, "is valid from")]
    public void TimeIsLookedAt(int from, int until, string why)
    {
        using var silo = _authority.Issue(
            "CN=x",
            "mm-silo",
            from * Hour,
            until * Hour,
            TestAuthority.ClientUse
        );

        Assert.Contains(why, Caller(silo, TlsRole.Silo), StringComparison.Ordinal);
        // Judged by the time that is given, so that nothing else is wrong with it.
        Assert.Null(
            TlsTrust.WhyNotCaller(
                silo,
                [_authority.Certificate],
                Now + (((from + until) / 2.0) * Hour),
                TlsRole.Silo
            )
        );
    }

    [Fact]
    public void AServerThatIsNoClientMayNotCall()
    {
        using var server = _authority.Issue("CN=x", "mm-silo", -Hour, Hour, TestAuthority.ServerUse);

        Assert.Null(Server(server));
        Assert.Contains("is not for clients", Caller(server, TlsRole.Client), StringComparison.Ordinal);
    }

    [Fact]
    public void WhileOneAuthorityReplacesAnotherBothCount()
    {
        using var old = _authority.Silo();
        using var young = _other.Silo();
        X509Certificate2Collection both = [_authority.Certificate, _other.Certificate];

        Assert.Null(TlsTrust.WhyNotCaller(old, both, Now, TlsRole.Silo));
        Assert.Null(TlsTrust.WhyNotCaller(young, both, Now, TlsRole.Silo));
    }

    private string? Server(X509Certificate2? certificate) =>
        TlsTrust.WhyNotServer(certificate, [_authority.Certificate], Now);

    private string? Caller(X509Certificate2? certificate, TlsRole role) =>
        TlsTrust.WhyNotCaller(certificate, [_authority.Certificate], Now, role);
}
