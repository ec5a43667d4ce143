using System.Text;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Tests.Commands;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>Whatever lies at a path, or in a run's folder, a verb answers with a cause and a fix, and never as with a fault of the program.</summary>
public sealed class ForeignInputTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    /// <summary>A verb with one place that a person may fill with any path.</summary>
    public static TheoryData<string> Lines =>
        [
            "train {} --dry-run",
            "train --dataset image-folder --data-dir {} --dry-run",
            "train --dataset parquet --data-dir {} --dry-run",
            "train --dataset webdataset --data-dir {} --dry-run",
            "train --dataset cifar100 --data-dir {} --dry-run",
            "train --set model.init_from={} --dry-run",
            "train --output {} --dry-run",
            "train --fork-from {}@epoch-1 --dry-run",
            "train --set checkpoint.path={} --dry-run",
            "resume {}",
            "resume latest --output {}",
            "finetune {} --method tau-norm",
            "eval {}",
            "eval latest --output {}",
            "predict {} x.png",
            "predict latest {}",
            "runs --output {}",
            "show {}",
            "show latest --output {}",
            "watch {}",
            "logs {}",
            "why {}",
            "stop {}",
            "compare {} latest",
            "report {}",
            "report latest --output {}",
            "export {} --format safetensors --output o.safetensors",
            "export latest --format safetensors --output {}",
            "export latest --format onnx --output {}",
            "checkpoints list {}",
            "checkpoints verify {}",
            "data verify {}",
            "data stats {}",
            "data fetch cifar10 --offline --to {}",
            "config init {}",
            "config check {}",
            "config explain {}",
            "ui {} --port 70000",
            "explain {}",
            "completion {}",
            "runs --cluster https://127.0.0.1:1 --token-file {}",
        ];

    [Theory, MemberData(nameof(Lines))]
    public async Task AVerbAnswersForAnyPath(string line)
    {
        using var copy = trained.Copy();
        // What starts a silo takes seconds: a few paths of each kind.
        var isQuick =
            line.Split(' ')[0] is not ("train" or "resume" or "finetune" or "report" or "eval" or "predict");
        foreach (var path in BadPaths(copy.Path).Where((_, i) => isQuick || i % 7 == 0))
            await AssertAnsweredAsync(
                [.. line.Split(' ').Select(word => word.Replace("{}", path, StringComparison.Ordinal))],
                copy.Path
            );
    }

    public static TheoryData<string> ReadingVerbs =>
        [
            "runs",
            "show latest",
            "show latest --config",
            "logs latest",
            "why latest",
            "compare latest other",
            "report latest --output rep",
            "eval latest",
            "predict latest x.png",
            "export latest --format safetensors --output o.safetensors",
            "checkpoints list latest",
            "checkpoints verify latest",
            "stop latest",
        ];

    [Theory, MemberData(nameof(ReadingVerbs))]
    public async Task AVerbAnswersForAnyDamageInARunsFolder(string line)
    {
        using var copy = trained.Copy();
        var run = new MMOrleans.Runs.Folders.RunCatalogue(Path.Combine(copy.Path, "runs"))
            .Resolve("latest")
            .Path;
        foreach (
            var file in (string[])
                [
                    "run.json",
                    "run.yaml",
                    "metrics.csv",
                    "events.jsonl",
                    "log.txt",
                    "checkpoints/epoch-0002/checkpoint.json",
                    "checkpoints/epoch-0002/model.safetensors",
                    "checkpoints/epoch-0001/checkpoint.json",
                ]
        )
        {
            var path = Path.Combine(run, file);
            if (!File.Exists(path))
                continue;
            var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            foreach (var damage in Damages(whole))
            {
                await File.WriteAllBytesAsync(path, damage, TestContext.Current.CancellationToken);
                await AssertAnsweredAsync(
                    line.Split(' '),
                    copy.Path,
                    $"{file} of {Encoding.UTF8.GetString(damage[..Math.Min(20, damage.Length)])}"
                );
            }

            File.Delete(path);
            await AssertAnsweredAsync(line.Split(' '), copy.Path, $"no {file}");
            Directory.CreateDirectory(path);
            await AssertAnsweredAsync(line.Split(' '), copy.Path, $"{file} is a folder");
            Directory.Delete(path);
            await File.WriteAllBytesAsync(path, whole, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("dataset: {name: image-folder, path: \"a\\0b\"}")]
    [InlineData("output: {path: \"a\\0b\"}")]
    [InlineData("model: {init_from: \"a\\0b\"}")]
    public async Task ANulInAPathIsRefused(string yaml)
    {
        using var folder = new TemporaryFolder();
        folder.Write("run.yaml", yaml);

        var run = await CommandRun.OfAsync("train run.yaml --dry-run", folder: folder.Path);

        Assert.Contains("without a NUL character", run.Error);
    }

    [Fact]
    public void WhatTheSystemRefusesIsNoFaultOfTheProgram()
    {
        Assert.Equal(
            "MM5007",
            SystemFault.Of(new AggregateException(new UnauthorizedAccessException("no")))!.Code
        );
        Assert.Contains("free some space", SystemFault.Of(new IOException("full", 28))!.Fix);
        Assert.Null(SystemFault.Of(new InvalidOperationException()));
    }

    private static async Task AssertAnsweredAsync(IReadOnlyList<string> line, string folder, string what = "")
    {
        var run = await CommandRun.OfAsync(line, folder: folder);

        var told = $"mm {string.Join(' ', line)}  [{what}]\n{run.Error}";
        Assert.False(run.Error.Contains("error MM9099", StringComparison.Ordinal), told);
        Assert.True(
            run.ExitCode is ExitCode.Success or ExitCode.Failed
                || run.Error.ReplaceLineEndings("\n").Contains("\n  fix   ", StringComparison.Ordinal),
            told
        );
    }

    private static IEnumerable<string> BadPaths(string folder)
    {
        string Made(string name, Action<string> make)
        {
            var path = Path.Combine(folder, name);
            if (!Path.Exists(path))
                make(path);
            return name;
        }

        var noise = new byte[5000];
        new Random(7).NextBytes(noise);
        foreach (
            var ending in (string[])
                ["", ".safetensors", ".pt", ".dat", ".onnx", ".png", ".yaml", ".tar", ".parquet"]
        )
        {
            yield return Made($"empty{ending}", path => File.WriteAllText(path, ""));
            yield return Made($"noise{ending}", path => File.WriteAllBytes(path, noise));
            yield return Made($"folder{ending}", path => Directory.CreateDirectory(path));
        }

        yield return Made("text", path => File.WriteAllText(path, "hello"));
        yield return "text/below";
        yield return Made("loop", path => File.CreateSymbolicLink(path, "loop"));
        yield return Made("dangling", path => File.CreateSymbolicLink(path, "nowhere"));
        yield return Made(
            "of-noise",
            path =>
            {
                foreach (
                    var (name, bytes) in new[]
                    {
                        ("train-0.parquet", noise),
                        ("test-0.parquet", []),
                        ("train-0.tar", noise),
                        ("test-0.tar", noise),
                        ("train.txt", noise),
                        ("test.txt", []),
                        ("test.bin", noise),
                        ("train.bin", noise),
                        ("run.json", noise),
                        ("checkpoint.json", noise),
                    }
                )
                {
                    Directory.CreateDirectory(path);
                    File.WriteAllBytes(Path.Combine(path, name), bytes);
                }
            }
        );
        if (OperatingSystem.IsLinux())
        {
            yield return "/dev/null";
            yield return "/dev/full";
            yield return "/proc/self/mem";
            yield return "/proc/self/nothing";
        }

        yield return new string('x', 300);
        yield return string.Join('/', Enumerable.Repeat("a", 3000));
        yield return "two\nlines";
        yield return "\u0001\u0002";
        yield return "*?";
        yield return "~";
        yield return "@x";
        yield return "runs";
    }

    private static IEnumerable<byte[]> Damages(byte[] whole)
    {
        yield return [];
        yield return whole[..(whole.Length / 2)];
        yield return [.. Enumerable.Repeat((byte)0, 100)];
        yield return [0xff, 0xfe, 0xfd];
        foreach (
            var text in (string[])
                [
                    "null",
                    "{}",
                    "[]",
                    "17",
                    "\"x\"",
                    "{\"id\":17,\"epochs\":\"x\"}",
                    "a,b\nx,y\n",
                    "- a\n- b\n",
                ]
        )
            yield return Encoding.UTF8.GetBytes(text);
    }
}
