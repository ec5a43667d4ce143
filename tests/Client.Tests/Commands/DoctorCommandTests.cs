using System.Diagnostics;
using System.Text.Json.Nodes;
using MMOrleans.Client.Diagnosis;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Runs.Tests.Checkpoints;
using MMOrleans.Silo.Sharing;

namespace MMOrleans.Client.Tests.Commands;

public class DoctorCommandTests
{
    [Fact]
    public async Task HealthyMachinePassesAndEveryCheckIsListed()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.OfAsync("doctor --json", folder: folder.Path);

        Assert.Equal(0, run.ExitCode);
        var document = JsonNode.Parse(run.Output)!;
        Assert.True((bool)document["ok"]!);
        Assert.Equal(Checks.All.Count, document["checks"]!.AsArray().Count);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task ClusterThatDoesNotAnswerFailsWithCodeAndFix()
    {
        var run = await CommandRun.OfAsync("doctor --cluster 127.0.0.1:1");

        Assert.Equal(9, run.ExitCode);
        Assert.StartsWith("FAIL  cluster", run.Output, StringComparison.Ordinal); // the worst comes first
        Assert.Contains("MM3001 no silo answers at 127.0.0.1:1", run.Output, StringComparison.Ordinal);
        Assert.Contains("fix: check address and port", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateThatCannotBeUsedFailsWithCodeAndFix()
    {
        var run = await CommandRun.OfAsync(
            "doctor",
            new Dictionary<string, string>
            {
                ["MM_TLS_CERT"] = "/nowhere/tls.crt",
                ["MM_TLS_KEY"] = "/nowhere/tls.key",
                ["MM_TLS_CA"] = "/nowhere/ca.crt",
            }
        );

        Assert.Equal(9, run.ExitCode);
        Assert.Contains("MM1011 /nowhere/tls.crt cannot be read", run.Output, StringComparison.Ordinal);
        Assert.Contains("fix: give a file that this process may read", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectorThatIsDownIsAWarningOnly()
    {
        var run = await CommandRun.OfAsync(
            "doctor",
            new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" }
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warn  telemetry", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABucketThatDoesNotAnswerFailsWithCodeAndFix()
    {
        var store = new MemoryStore();

        var none = await ObjectStoreCheck.RunAsync(EnvironmentSnapshot.Empty, new Stores(() => store));
        var there = await ObjectStoreCheck.RunAsync(Named("s3://bucket/runs"), new Stores(() => store));
        var misspelt = await ObjectStoreCheck.RunAsync(Named("bucket/runs"), new Stores(() => store));
        var away = await ObjectStoreCheck.RunAsync(
            Named("s3://bucket/runs"),
            new Stores(() => throw new FaultException("MM5006", "there is no bucket", "make the bucket"))
        );

        Assert.Equal((FindingLevel.Ok, FindingLevel.Ok), (none.Level, there.Level));
        Assert.Equal("s3://bucket/runs answers", there.Detail);
        Assert.StartsWith("MM1004 ", misspelt.Detail, StringComparison.Ordinal);
        Assert.Equal(
            (FindingLevel.Failure, "MM5006 there is no bucket", "make the bucket"),
            (away.Level, away.Detail, away.Fix)
        );
    }

    private static EnvironmentSnapshot Named(string place) =>
        new(new Dictionary<string, string> { ["MM_SET__CHECKPOINT__PATH"] = place });

    private sealed class Stores(Func<IObjectStore> open) : IObjectStores
    {
        public IObjectStore Open(ObjectStoreAddress address) => open();
    }

    [Theory]
    [InlineData("localhost:4317")]
    [InlineData("collector")]
    [InlineData("file:///tmp")]
    public async Task EndpointThatIsNoAddressIsAWarningWithAnExample(string endpoint)
    {
        var run = await CommandRun.OfAsync(
            "doctor",
            new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint }
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("begins with http://", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordOfTheEndpointIsNotShown()
    {
        var run = await CommandRun.OfAsync(
            "doctor",
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://somebody:hunter2@127.0.0.1:1/v1?key=hunter3",
            }
        );

        Assert.Contains("http://127.0.0.1:1 does not answer", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileInThePlaceOfTheRunsFails()
    {
        using var folder = new TemporaryFolder();
        folder.Write("runs", "no folder");

        var run = await CommandRun.OfAsync("doctor", folder: folder.Path);

        Assert.Equal(9, run.ExitCode);
        Assert.Contains("MM5003 ./runs is a file", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 2, FindingLevel.Ok)]
    [InlineData("1", 2, FindingLevel.Ok)]
    [InlineData("16", 2, FindingLevel.Warning)]
    [InlineData("many", 2, FindingLevel.Warning)]
    public void MoreThreadsThanCoresAreWarnedOf(string? threads, int cores, object level)
    {
        var environment = new Dictionary<string, string>();
        if (threads is not null)
            environment["OMP_NUM_THREADS"] = threads;

        Assert.Equal((FindingLevel)level, ThreadCheck.Run(new(environment), cores).Level);
    }

    [Theory]
    [InlineData(
        null,
        2,
        1,
        true,
        FindingLevel.Ok,
        "silos that this user starts here read each other's vectors"
    )]
    [InlineData(null, 0, 0, true, FindingLevel.Ok, "possible; not tried with another process")]
    [InlineData(
        null,
        0,
        3,
        true,
        FindingLevel.Warning,
        "the open files of this user's 3 other processes cannot"
    )]
    [InlineData(
        "memfd_create failed: no",
        0,
        0,
        true,
        FindingLevel.Warning,
        "memfd_create failed: no; vectors"
    )]
    [InlineData("Memory is shared on", 0, 0, false, FindingLevel.Ok, "on Linux only; vectors between silos")]
    public void MemoryThatSilosCannotShareIsAWarningAtMostAndSaysWhatHappensInstead(
        string? refusal,
        int readable,
        int closed,
        bool isLinux,
        object level,
        string words
    )
    {
        var finding = MemoryCheck.Judge(new(refusal, readable, closed), isLinux);

        Assert.Equal((FindingLevel)level, finding.Level);
        Assert.StartsWith(words, finding.Detail, StringComparison.Ordinal);
        Assert.Equal(finding.Level == FindingLevel.Warning, finding.Fix is not null);
    }

    [Fact]
    public async Task AProcessOfTheSameUserIsFoundToBeReadable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");
        using var other = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            var sharing = MemorySharing.Probe();

            Assert.Null(sharing.Refusal);
            Assert.InRange(sharing.Readable, 1, int.MaxValue);
            Assert.Contains("shared memory", (await CommandRun.OfAsync("doctor")).Output);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public void AFileSystemThatDoesNotLockOrHasAnotherClockIsAWarning()
    {
        Assert.Contains(
            "does not lock files",
            FileSystemCheck.Judge("files", "nfs", false, true, TimeSpan.Zero).Detail
        );
        Assert.Contains(
            "1 h 0 m behind this machine's",
            FileSystemCheck.Judge("files", "nfs", true, true, TimeSpan.FromHours(-1)).Detail
        );
        Assert.Equal(
            (FindingLevel.Ok, "ext4, locks files, takes a and A for one name"),
            FileSystemCheck.Judge("files", "ext4", true, false, TimeSpan.FromSeconds(1)) is var finding
                ? (finding.Level, finding.Detail)
                : default
        );
    }

    [Fact]
    public void ARunThatEndedInTheMiddleIsNamedWithWhatGoesOn()
    {
        using var runs = new RunsOnDisk();
        runs.Write(RunsOnDisk.Record("r-7f3k9q", status: RunStatus.Running));
        runs.Write(RunsOnDisk.Record("r-000000"));

        var finding = RunsCheck.Run(
            new()
            {
                Output = TextWriter.Null,
                Error = TextWriter.Null,
                Environment = new(new Dictionary<string, string> { ["MM_OUTPUT_DIR"] = runs.Root }),
                Clock = TimeProvider.System,
                WorkingFolder = Path.GetTempPath(),
            }
        );

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("1 of 2 in", finding.Detail);
        Assert.StartsWith("mm resume r-7f3k9q", finding.Fix);
    }

    [Theory]
    [InlineData("mm-silo:1:2", "leaves open where the address of IPv6 ends")]
    [InlineData("a:b", "'b' is not a port")]
    public async Task AnAddressThatIsNoneIsSaidToBeNone(string cluster, string why) =>
        Assert.Contains(why, (await CommandRun.OfAsync($"doctor --cluster {cluster}")).Output);
}
