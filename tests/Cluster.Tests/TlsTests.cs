using System.Security.Cryptography.X509Certificates;
using System.Text;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>Silos and clients that trust certificates of one authority and nobody else, each silo a process.</summary>
public sealed class TlsTests(TlsTests.ThreeSilos silos) : IClassFixture<TlsTests.ThreeSilos>
{
    private const int Epochs = 4;

    // Two local steps: then it is parameters that are averaged, and their bytes are known from the checkpoint.
    private static readonly RunSpecification Specification = SmallRun.Of(Epochs) with { LocalSteps = 2 };

    private readonly ThreeSilos _place = silos;
    private readonly TestCluster _cluster = silos.Cluster;

    [Fact]
    public async Task ARunEndsInTheSameStateWhileCertificatesAreRenewedAndNothingOfItCanBeReadOnTheWay()
    {
        foreach (var silo in _cluster.Silos)
            silo.Link!.Record();
        var grains = await _cluster.ConnectAsync(_place.Client);
        var run = await SmallRun.SubmitAsync(grains, trainers: 3, Specification);
        await TrainerRounds.ReachAsync(
            grains,
            () => _cluster.Silos,
            2,
            TimeSpan.FromMinutes(3),
            () => _cluster.Logs
        );

        using var renewed = _place.Authority.Silo();
        using var mine = _place.Authority.Silo();
        var (_, before) = await Stranger.KnockAsync(_cluster.Silos[1].OwnSiloPort, mine);
        _place.Silos.Renew(_place.Authority, renewed);
        var (isLetIn, after) = await Stranger.KnockAsync(_cluster.Silos[1].OwnSiloPort, mine);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(8));

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{_cluster.Logs}");
        Assert.True(isLetIn);
        Assert.NotEqual(before!.SerialNumber, after!.SerialNumber);
        Assert.Equal(renewed.SerialNumber, after.SerialNumber);
        var secrets = Secrets(status);
        Assert.Equal("", Found(Recorded(_cluster), secrets));

        // The same search on the same run without certificates: what it could not find there, it finds here.
        await using var plain = await TestCluster.StartAsync(
            Clustering.Localhost,
            silos: 3,
            isProxied: true,
            core: null,
            options: ["--shared-memory", "false", "--vector-connections", "false"]
        );
        foreach (var silo in plain.Silos)
            silo.Link!.Record();
        var open = await SmallRun.SubmitAsync(await plain.ConnectAsync(), trainers: 3, Specification);
        var other = await SmallRun.EndAsync(open, TimeSpan.FromMinutes(8));
        Assert.Equal(other.StateSha256, status.StateSha256);
        Assert.Equal("images, parameters, specification", Found(Recorded(plain), secrets));
    }

    [Fact]
    public async Task AtTheSiloPortOnlyMembersAreLetIn()
    {
        var (authority, port) = (_place.Authority, _cluster.Silos[0].OwnSiloPort);
        using var foreign = new TestAuthority("CN=somebody else");
        var hour = TimeSpan.FromHours(1);
        string[] both = [TestAuthority.ServerUse, TestAuthority.ClientUse];
        var strangers = new Dictionary<string, X509Certificate2?>
        {
            ["nobody"] = null,
            ["another authority's silo"] = foreign.Silo(),
            ["a silo whose certificate expired"] = authority.Issue(
                "CN=old",
                TlsTrust.SiloName,
                -2 * hour,
                -hour,
                both
            ),
            ["a silo whose certificate is not valid yet"] = authority.Issue(
                "CN=new",
                TlsTrust.SiloName,
                hour,
                2 * hour,
                both
            ),
            ["a client of the cluster"] = authority.Client(),
            ["a server that is not a client"] = authority.Issue(
                "CN=web",
                TlsTrust.SiloName,
                -hour,
                hour,
                TestAuthority.ServerUse
            ),
        };

        using var member = authority.Silo();
        var (isLetIn, _) = await Stranger.KnockAsync(port, member);
        var asked = await Task.WhenAll(
            strangers.Select(async s => (s.Key, (await Stranger.KnockAsync(port, s.Value)).IsLetIn))
        );

        Assert.True(isLetIn, _cluster.Logs); // or else nobody would be
        Assert.All(asked, s => Assert.False(s.IsLetIn, s.Key));
        // Whoever came first: the others of the same seconds are counted and not told.
        await _cluster
            .Silos[0]
            .Process.SaysAsync("Refused a caller at the silo port: ", TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoSpeaksWithoutTlsGetsNothingButAnAlert(bool atSiloPort)
    {
        var silo = _cluster.Silos[0];
        var answer = await Stranger.ShoutAsync(atSiloPort ? silo.OwnSiloPort : silo.OwnGatewayPort);

        Assert.True(answer.Length <= 7, Convert.ToHexString(answer)); // 5 bytes of a record and 2 of an alert
        Assert.True(answer is [] or [0x15, ..], Convert.ToHexString(answer));
    }

    [Fact]
    public async Task EveryoneWhomTheGatewayRefusesIsToldWhyAndWhatToDo()
    {
        var (authority, folder) = (_place.Authority, _place.Folder);
        using var foreign = new TestAuthority("CN=somebody else");
        using var foreigner = foreign.Client();
        using var client = authority.Client();
        using var old = authority.Issue(
            "CN=old",
            null,
            -TimeSpan.FromHours(2),
            -TimeSpan.FromHours(1),
            TestAuthority.ClientUse
        );
        var wrongKey = authority.Write(folder["wrong-key"], client);
        File.WriteAllText(wrongKey.Key, foreigner.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var address = $"{_cluster.Address.Split('@')[0]}@{_cluster.Silos[0].Gateway}";
        await using var plain = await TestCluster.StartAsync(Clustering.Localhost, silos: 1);

        (string Who, string At, TlsFiles? Files, int Exit, string What, string Fix)[] claims =
        [
            (
                "no certificate",
                address,
                null,
                4,
                "error MM3003: the cluster at 127.0.0.1:",
                "MM_TLS_CERT, MM_TLS_KEY and MM_TLS_CA name the files of one"
            ),
            (
                "another authority",
                address,
                foreign.Write(folder["foreign"], foreigner),
                4,
                "was not issued by the cluster's authority (CN=somebody else)",
                "name the authority of that cluster in MM_TLS_CA"
            ),
            (
                "another authority's certificate, both trusted",
                address,
                foreign.Write(folder["both"], foreigner, foreign.Certificate, authority.Certificate),
                4,
                "refused the certificate CN=mm of the test",
                "have the cluster's authority issue one for clients"
            ),
            (
                "an expired one",
                address,
                authority.Write(folder["old"], old),
                2,
                "error MM1011: ",
                "that is valid now"
            ),
            (
                "the key of another",
                address,
                wrongKey,
                2,
                "is not the key of",
                "the key that the certificate was made with"
            ),
            (
                "a file that is not there",
                address,
                TestAuthority.FilesIn(folder["nowhere"]),
                2,
                "tls.crt cannot be read",
                "give a file that this process may read"
            ),
            (
                "a cluster without certificates",
                plain.Address,
                _place.Client,
                4,
                "does not speak TLS, and MM_TLS_CERT asks for it: nothing was sent",
                "or unset MM_TLS_CERT"
            ),
        ];
        var told = await Task.WhenAll(claims.Select(c => Mm.RunAsync(c.At, c.Files, "cluster", "silos")));
        var (code, listed) = await Mm.RunAsync(address, _place.Client, "cluster", "silos");

        for (var i = 0; i < claims.Length; i++)
        {
            Assert.True(told[i].ExitCode == claims[i].Exit, $"{claims[i].Who}: {told[i]}");
            foreach (var words in (string[])[claims[i].What, "  fix   ", claims[i].Fix])
                Assert.True(
                    told[i].Output.Contains(words, StringComparison.Ordinal),
                    $"{claims[i].Who}: '{words}' is not in\n{told[i].Output}"
                );
            Assert.DoesNotContain("   at ", told[i].Output, StringComparison.Ordinal);
        }

        Assert.True(code == 0, listed); // or else nobody is let in
        Assert.Contains("silo-2", listed, StringComparison.Ordinal);
    }

    /// <summary>Bytes that must not be seen on the way, by what they are.</summary>
    private (string What, byte[] Bytes)[] Secrets(RunSnapshot status)
    {
        const int Enough = 64; // no chance would bring so many together
        var images = DatasetCatalogue.Open(Specification.Dataset, Specification.Seed, null).Train;
        var folder = Path.Combine(_cluster.RunsFolder, SmallRun.Id, "checkpoints", status.LastCheckpoint!);
        return
        [
            .. Enumerable.Range(0, images.Count).Select(i => ("images", images.Image(i)[..Enough].ToArray())),
            .. new CheckpointEntry(folder)
                .ReadModel()
                .Where(tensor =>
                    tensor.Data.Length > Enough && tensor.Name.EndsWith("weight", StringComparison.Ordinal)
                )
                .Select(tensor => ("parameters", tensor.Data[..Enough].ToArray())),
            ("specification", Encoding.UTF8.GetBytes("\"architecture\":\"resnet8\"")),
        ];
    }

    // Two silos share one connection, so that some links carry nothing.
    private static byte[] Recorded(TestCluster cluster) =>
        [.. cluster.Silos.SelectMany(silo => silo.Link!.Recorded)];

    private static string Found(byte[] recorded, (string What, byte[] Bytes)[] secrets)
    {
        Assert.True(recorded.Length > 10_000, $"{recorded.Length} bytes are not run");
        return string.Join(
            ", ",
            secrets
                .Where(secret => recorded.AsSpan().IndexOf(secret.Bytes) >= 0)
                .Select(secret => secret.What)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>One cluster for all claims.</summary>
    public sealed class ThreeSilos : IAsyncLifetime
    {
        internal TestAuthority Authority { get; } = new();

        internal TemporaryFolder Folder { get; } = new();

        internal SecretMount Silos { get; private set; } = null!;

        internal TlsFiles Client { get; private set; } = null!;

        internal TestCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Silos = new(Folder["silos"], Authority, Authority.Silo());
            Client = Authority.Write(Folder["client"], Authority.Client());
            Cluster = await TestCluster.StartAsync(
                Clustering.Localhost,
                silos: 3,
                isProxied: true,
                core: null,
                // What is searched for has to go by the wire.
                "--shared-memory",
                "false",
                "--tls-cert",
                Silos.Files.Certificate,
                "--tls-key",
                Silos.Files.Key,
                "--tls-ca",
                Silos.Files.Authority
            );
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            Folder.Dispose();
            Authority.Dispose();
        }
    }
}
