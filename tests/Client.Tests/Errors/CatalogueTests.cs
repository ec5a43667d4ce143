using System.Reflection;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Tests.Commands;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Tests.Datasets;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>Every row of the catalogue that bad input can reach: code, exit code, what, what to do, and nothing left behind.</summary>
public sealed class CatalogueTests(TrainedRun trained) : IClassFixture<TrainedRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, Row("MM1001")]
    [InlineData("train --epoch 3", "unknown flag --epoch (did you mean --epochs?)", "write --epochs")]
    [InlineData("trian", "unknown verb 'trian' (did you mean 'train'?)", "mm train")]
    [InlineData("train --imb_factor 0.01", "unknown flag --imb_factor", "--ratio 100")]
    [InlineData("runs extra", "'extra' is one word too many for mm runs", "leave it out")]
    public Task UnknownWordIsRefused(string line, string what, string fix) =>
        RefusedAsync(line, "MM1001", 2, what, fix);

    [Fact, Row("MM1002")]
    public Task WrongTypeIsRefused() =>
        RefusedAsync(
            "train --epochs many",
            "MM1002",
            2,
            "--epochs wants a whole number, got 'many'",
            "--epochs 200"
        );

    [Fact, Row("MM1003")]
    public Task UnknownKeyIsRefusedWithItsPlace() =>
        RefusedAsync(
            "train run.yaml",
            "MM1003",
            2,
            "run.yaml:2:3: unknown key 'train.epoks' (did you mean 'train.epochs'?)",
            "write train.epochs",
            "train:\n  epoks: 3\n"
        );

    [Fact, Row("MM1004")]
    public Task ValueOutOfRangeIsTranslated() =>
        RefusedAsync(
            "train --ratio 0.01",
            "MM1004",
            2,
            "--ratio must be 1 or more, got 0.01",
            "write --ratio 100"
        );

    [Theory, Row("MM1005")]
    [InlineData("train --dataset image-folder", "needs dataset.path, which is null", "--data-dir DIR")]
    [InlineData(
        "train --preset cifar10-lt-100 --set dataset.image_size=64",
        "dataset.image_size 64 contradicts dataset.name cifar10",
        "drop dataset.image_size"
    )]
    public Task ImagesOfOnesOwnNeedAPlaceAndOthersAreWhatTheyAre(string line, string what, string fix) =>
        RefusedAsync(line, "MM1005", 2, what, fix);

    [Fact, Row("MM1005")]
    public Task ContradictionIsRefused() =>
        RefusedAsync(
            "train --set imbalance.kind=none --ratio 100",
            "MM1005",
            2,
            "--ratio 100 contradicts imbalance.kind none",
            "drop imbalance.ratio"
        );

    [Theory, Row("MM1006")]
    [InlineData("train:\n  epochs: 3\n  epochs: 4\n", "run.yaml:3:3: key 'epochs' stands here a second time")]
    [InlineData("train:\n\tepochs: 3\n", "run.yaml:2:1: a tab in the indentation")]
    [InlineData("train: [1, 2\n", "run.yaml:2:1: not YAML")]
    public Task MalformedFileIsRefusedWithItsPlace(string yaml, string what) =>
        RefusedAsync("train run.yaml", "MM1006", 2, what, "", yaml);

    [Theory, Row("MM1007")]
    [InlineData("train --preset cifar10-lt", "names no preset: 'cifar10-lt'", "cifar10-lt-100")]
    [InlineData("train --method mm-drv", "names no method: 'mm-drv' (did you mean 'mm-drw'?)", "mm-drw")]
    [InlineData("train --model resnet99", "names no", "resnet32")]
    [InlineData("show r-nope", "there is no run 'r-nope'", "mm train")]
    public Task UnknownNameIsRefusedWithThoseThatExist(string line, string what, string fix) =>
        RefusedAsync(line, "MM1007", 3, what, fix);

    [Fact, Row("MM1008")]
    public Task SwitchAfterTheLastEpochIsRefused() =>
        RefusedAsync(
            "train --epochs 100 --set method.defer_epoch=160",
            "MM1008",
            2,
            "method.defer_epoch 160 is not below train.epochs 100",
            "--set method.defer_epoch=auto"
        );

    [Fact, Row("MM1009")]
    public async Task AmbiguousPrefixNamesTheMatches()
    {
        using var runs = new RunsOnDisk();
        foreach (var id in (string[])["r-7f3k9q", "r-7h2m4d", "r-7zz01k"])
            runs.Write(RunsOnDisk.Record(id) with { Name = id });

        var run = await CommandRun.OfAsync($"show r-7 --output {runs.Root}", folder: _folder.Path);

        AssertError(run, "MM1009", 3, "'r-7' matches 3 runs", "r-7f3k9q");
    }

    [Fact, Row("MM1010")]
    public Task SecretOnTheCommandLineIsRefusedAndNotRepeated() =>
        RefusedAsync(
            "train --token geheim",
            "MM1010",
            2,
            "--token puts a secret on the command line",
            "MM_TOKEN"
        );

    [Fact, Row("MM1010")]
    public Task SecretInAFileIsRefused() =>
        RefusedAsync("train run.yaml", "MM1010", 2, "run.yaml:1:1: 'token'", "MM_TOKEN", "token: geheim\n");

    [Fact, Row("MM2001")]
    public Task MissingDataIsRefusedWithWhereItWasLookedFor() =>
        RefusedAsync(
            "train --preset cifar10-lt-100 --data-dir nothing",
            "MM2001",
            5,
            "there is nothing there",
            "mm data fetch cifar10"
        );

    [Fact, Row("MM2002")]
    public async Task DataThatIsNotWhatWasDownloadedIsRefusedByTrainingAndByVerify()
    {
        var data = Cifar10();
        Sha256Sums.Write(data, CifarFiles.Names(CifarLayout.Cifar10));
        FlipByte(Path.Combine(data, "data_batch_3.bin"), 5000);

        foreach (
            var line in (string[])[$"train --preset cifar10-lt-100 --data-dir {data}", $"data verify {data}"]
        )
        {
            var run = await CommandRun.OfAsync(line, folder: _folder.Path);
            AssertError(
                run,
                "MM2002",
                5,
                "data_batch_3.bin: SHA-256 expected",
                "mm data fetch cifar10 --repair"
            );
            Assert.Contains("size 30,730,000 of 30,730,000 bytes", run.Error, StringComparison.Ordinal);
        }

        AssertNothingLeft("data");
    }

    [Fact, Row("MM2003")]
    public Task DownloadThatBreaksSaysHowFarItCame() =>
        RefusedAsync(
            "data fetch cifar10 --to cifar --mirror http://127.0.0.1:1/cifar-10-binary.tar.gz",
            "MM2003",
            5,
            "stopped at 0 B: 127.0.0.1: Connection refused",
            "it goes on where it stopped"
        );

    [Fact, Row("MM2004")]
    public async Task TruncatedFileIsRefusedByName()
    {
        var data = Cifar10();
        using (var file = File.OpenWrite(Path.Combine(data, "data_batch_3.bin")))
            file.SetLength(30_720_000);

        var run = await CommandRun.OfAsync(
            $"train --preset cifar10-lt-100 --data-dir {data}",
            folder: _folder.Path
        );

        AssertError(run, "MM2004", 5, "data_batch_3.bin is 30,720,000 bytes, wanted 30,730,000", "--repair");
        AssertNothingLeft("data");
    }

    [Fact, Row("MM2005")]
    public async Task UnreadableImageIsRefusedByName()
    {
        SomeImages.WriteFolders(Path.Combine(_folder.Path, "images"));
        File.WriteAllText(Path.Combine(_folder.Path, "images", "train", "dog", "004.png"), "not a picture");

        await RefusedAsync(
            "train --dataset image-folder --data-dir images",
            "MM2005",
            5,
            "train/dog/004.png cannot be read: not a JPEG, PNG, WebP or BMP by its first bytes",
            "dataset.on_bad_image=skip",
            left: "images"
        );
    }

    [Fact, Row("MM2006")]
    public Task ClassLeftEmptyByTheImbalanceIsRefused() =>
        RefusedAsync(
            "train --ratio 1000000",
            "MM2006",
            5,
            "class 5 has 0 training images",
            "lower imbalance.ratio"
        );

    [Fact, Row("MM2007")]
    public async Task ArchiveThatLeavesItsFolderIsRefused()
    {
        var archive = Path.Combine(_folder.Path, "cifar-10-binary.tar.gz");
        TarGz.Write(archive, ("../escaped.bin", [1, 2, 3]));

        var run = await CommandRun.OfAsync(
            $"train --preset cifar10-lt-100 --data-dir {archive}",
            folder: _folder.Path
        );

        AssertError(run, "MM2007", 5, "refused '../escaped.bin'", "do not use that archive");
        Assert.False(File.Exists(Path.Combine(_folder.Path, "..", "escaped.bin")));
        AssertNothingLeft("cifar-10-binary.tar.gz");
    }

    [Fact, Row("MM4003")]
    public async Task LossThatIsNotFiniteEndsTheRunAndNamesThePlace()
    {
        var run = await CommandRun.OfAsync("train --epochs 2 --lr 1e30", folder: _folder.Path);

        AssertError(
            run,
            "MM4003",
            1,
            "loss is not finite at epoch 1, round 1, trainer local/t",
            "lower --lr"
        );
        Assert.Contains("first in layer", run.Error, StringComparison.Ordinal);
    }

    [Fact, Row("MM5001")]
    public async Task DamagedCheckpointIsNamedAndAnOlderOneOffered()
    {
        using var copy = trained.Copy();
        FlipByte(Path.Combine(copy.Checkpoint("epoch-0002"), "model.safetensors"), 4000);

        foreach (
            var line in (string[])
                [
                    "checkpoints verify latest",
                    "resume latest --from epoch-0002",
                    "eval latest --checkpoint epoch-0002",
                ]
        )
            AssertError(
                await CommandRun.OfAsync(line, folder: copy.Path),
                "MM5001",
                6,
                "epoch-0002",
                "epoch-0001"
            );
    }

    [Fact, Row("MM5002")]
    public async Task CheckpointOfAnotherNetworkIsRefusedWithTheKeyToChange()
    {
        using var copy = trained.Copy();
        var other = await CommandRun.OfAsync("train --epochs 1 --model resnet20", folder: _folder.Path);
        Assert.True(other.ExitCode == 0, other.Error);
        var runs = new RunCatalogue(Path.Combine(_folder.Path, "runs"));
        var foreign = Path.Combine(runs.Resolve("latest").Checkpoints, "epoch-0001");
        Directory.Delete(copy.Checkpoint("epoch-0002"), recursive: true);
        TrainedRun.CopyFolder(foreign, copy.Checkpoint("epoch-0002"));

        var run = await CommandRun.OfAsync("resume latest --from epoch-0002", folder: copy.Path);

        AssertError(run, "MM5002", 6, "resnet20", "model.arch");
    }

    [Fact, Row("MM5003")]
    public Task FolderThatCannotBeWrittenIsRefused()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "occupied"), "");
        return RefusedAsync(
            "train --epochs 1 --output occupied",
            "MM5003",
            9,
            "occupied",
            "output.path",
            left: "occupied"
        );
    }

    [Fact, Row("MM5007")]
    public async Task AnOutputThatTakesNothingMoreIsToldInTheSystemsWords()
    {
        var error = new StringWriter();
        var code = await MmApplication.RunAsync(
            ["data", "list"],
            new()
            {
                Output = new FullWriter(),
                Error = error,
                Environment = EnvironmentSnapshot.Empty,
                Clock = TimeProvider.System,
                WorkingFolder = _folder.Path,
            },
            cancellationToken: TestContext.Current.CancellationToken
        );

        AssertError(
            new(code, "", error.ToString()),
            "MM5007",
            9,
            "No space left on device",
            "free some space"
        );
    }

    [Theory]
    [Row("MM5004"), Row("MM5005"), Row("MM5006")]
    [InlineData(
        503,
        "ServiceUnavailable",
        "MM5004",
        "answered s3:ListBucket with 503",
        "look at the store's own log"
    )]
    [InlineData(403, "AccessDenied", "MM5005", "denies s3:ListBucket", "allow s3:ListBucket")]
    [InlineData(404, "NoSuchBucket", "MM5006", "there is no bucket some-bucket", "make the bucket")]
    public async Task ABucketThatRefusesIsNoPlaceForCheckpoints(
        int status,
        string says,
        string code,
        string what,
        string fix
    )
    {
        using var store = new RefusingStore(status, says);

        await RefusedAsync(
            "train --epochs 1 --set checkpoint.path=s3://some-bucket/runs",
            code,
            9,
            what,
            fix
        );
    }

    [Fact, Row("MM9002")]
    public Task AbsentDeviceIsRefused()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "this machine has a CUDA device");
        return RefusedAsync(
            "train --device cuda --epochs 1",
            "MM9002",
            9,
            "--device cuda was asked for and libtorch sees no CUDA device",
            "--device cpu"
        );
    }

    [Theory]
    [Row("MM1011")]
    [InlineData("MM1011", true, "tls.crt cannot be read", "give a file that this process may read")]
    [InlineData("MM1005", false, "MM_TLS_KEY is not set", "export MM_TLS_CERT=tls.crt MM_TLS_KEY=tls.key")]
    public async Task CertificateThatCannotBeUsedIsRefusedBeforeAnythingIsConnectedTo(
        string code,
        bool isWhole,
        string what,
        string fix
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["MM_TLS_CERT"] = Path.Combine(_folder.Path, "tls.crt"),
            ["MM_TLS_CA"] = Path.Combine(_folder.Path, "ca.crt"),
        };
        if (isWhole)
            environment["MM_TLS_KEY"] = Path.Combine(_folder.Path, "tls.key");

        var run = await CommandRun.OfAsync("runs --cluster 127.0.0.1:1", environment, _folder.Path);

        AssertError(run, code, 2, what, fix);
        AssertNothingLeft();
    }

    [Fact]
    public void EveryRowThatBadInputCanReachHasATest()
    {
        // MM9001 is shown by a client without its library; MM9099 is for bugs.
        string[] elsewhere = ["MM9001", "MM9099"];
        var shown = typeof(CatalogueTests)
            .GetMethods()
            .SelectMany(method => method.GetCustomAttributes<RowAttribute>())
            .Select(row => row.Code);

        var wanted = FaultCatalogue
            .All.Select(entry => entry.Code)
            .Where(code => code[2] is '1' or '2' or '5' or '9' || code == "MM4003");

        Assert.Equal(wanted.Except(elsewhere).Order(), shown.Distinct().Order());
    }

    [Fact]
    public async Task EveryCodeCanBeExplained()
    {
        foreach (var entry in FaultCatalogue.All)
        {
            var run = await CommandRun.OfAsync($"explain {entry.Code}", folder: _folder.Path);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(entry.Fix, run.Output, StringComparison.Ordinal);
        }
    }

    private async Task RefusedAsync(
        string line,
        string code,
        int exitCode,
        string what,
        string fix,
        string? yaml = null,
        string? left = null
    )
    {
        if (yaml is not null)
            File.WriteAllText(Path.Combine(_folder.Path, "run.yaml"), yaml);
        var run = await CommandRun.OfAsync(line, folder: _folder.Path);
        AssertError(run, code, exitCode, what, fix);
        Assert.DoesNotContain("geheim", run.Error, StringComparison.Ordinal);
        AssertNothingLeft(yaml is null ? left : "run.yaml");
    }

    private static void AssertError(CommandRun run, string code, int exitCode, string what, string fix)
    {
        Assert.True(
            run.Error.Contains($"error {code}: ", StringComparison.Ordinal) && run.ExitCode == exitCode,
            $"exit {run.ExitCode}, wanted {code} with {exitCode}: {run.Error}"
        );
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains($"  more  mm explain {code}", run.Error, StringComparison.Ordinal);
        var given = run
            .Error.Split('\n')
            .First(text => text.StartsWith("  fix   ", StringComparison.Ordinal));
        Assert.Contains(fix, given, StringComparison.Ordinal);
    }

    private void AssertNothingLeft(string? but = null) =>
        Assert.Equal(
            but is null ? [] : [but],
            Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName)
        );

    /// <summary>A folder with files of the right sizes.</summary>
    private string Cifar10()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data")).FullName;
        foreach (var name in CifarLayout.Cifar10.TrainFiles.Append(CifarLayout.Cifar10.TestFile))
        {
            var bytes = new byte[30_730_000];
            for (var r = 0; r < 10_000; r++)
                bytes[r * 3073] = (byte)(r % 10);
            File.WriteAllBytes(Path.Combine(data, name), bytes);
        }

        return data;
    }

    private static void FlipByte(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 1));
    }

    private sealed class FullWriter : StringWriter
    {
        private const int DiskFull = 28; // ENOSPC

        public override void Write(char value) => throw new IOException("No space left on device", DiskFull);

        public override void Write(char[] buffer, int index, int count) => Write(' ');

        public override void Write(string? value) => Write(' ');
    }
}
