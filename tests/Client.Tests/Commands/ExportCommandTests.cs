using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MMOrleans.Client.Tests.Errors;
using MMOrleans.Learning.Datasets;
using SkiaSharp;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>A trained run goes out as a file, and the file is evaluated and asked as the run itself is.</summary>
public sealed class ExportCommandTests(TrainedRun trained) : IClassFixture<TrainedRun>, IDisposable
{
    private readonly TrainedRun.RunCopy _copy = trained.Copy();

    public void Dispose() => _copy.Dispose();

    [Theory]
    [InlineData("safetensors", "model.safetensors")]
    [InlineData("pytorch", "model.pt")]
    [InlineData("onnx", "model.onnx")]
    [InlineData("torchsharp", "model.dat")]
    public async Task TheFileLiesInTheRunWithACardThatKnowsIt(string format, string name)
    {
        var document = await JsonAsync($"export latest --format {format}");

        var file = (string)document["file"]!;
        Assert.Equal(name, Path.GetFileName(file));
        Assert.Equal("export", Path.GetFileName(Path.GetDirectoryName(file)));
        var card = Card(Path.GetDirectoryName(file)!);
        Assert.Equal("mm/model/v1", (string)card["schema"]!);
        Assert.Equal("epoch-0002", (string)card["checkpoint"]!);
        Assert.Equal("resnet8", (string)card["architecture"]!);
        Assert.Equal((string)document["state_sha256"]!, (string)card["state_sha256"]!);
        Assert.Equal(10, card["classes"]!.AsArray().Count);
        Assert.DoesNotContain("class 0", card["classes"]!.AsArray().Select(c => (string)c!));
        Assert.Equal(10, card["class_counts"]!.AsArray().Count);
        Assert.Equal(3, card["input"]!["mean"]!.AsArray().Count);
        Assert.InRange((double)card["metrics"]!["accuracy"]!, 0, 1);
        var entry = card["files"]!.AsArray().Single()!;
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(name, (string)entry["name"]!);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (string)entry["sha256"]!);
        Assert.Equal(
            ((string[])["model.json", name]).Order(),
            Directory.EnumerateFiles(Path.GetDirectoryName(file)!).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public async Task OneCardServesAllFilesOfAStateAndThoseOfAnotherStayUsable()
    {
        await RunAsync("export latest --format safetensors --output out");
        await RunAsync("export latest --format pytorch --output out/mine.pt");
        var first = await JsonAsync("eval out/mine.pt");

        Assert.Equal(["model.safetensors", "mine.pt"], Files());

        await RunAsync("export latest --format torchsharp --output out --checkpoint epoch-1");

        Assert.Equal(["model.dat"], Files());
        foreach (var name in (string[])["mine.pt", "model.safetensors"])
            Assert.Equal(first.ToJsonString(), (await JsonAsync($"eval out/{name}")).ToJsonString());
        Assert.Equal("epoch-0001", (string)(await JsonAsync("eval out/model.dat"))["checkpoint"]!);
        Assert.Equal("epoch-0001", (string)(await JsonAsync("eval out"))["checkpoint"]!);

        // The state before once more: every file is of its own state still.
        await RunAsync("export latest --format onnx --output out");

        Assert.Equal(["model.onnx"], Files());
        Assert.Equal("epoch-0001", (string)(await JsonAsync("eval out/model.dat"))["checkpoint"]!);
        Assert.Equal("epoch-0002", (string)(await JsonAsync("eval out/mine.pt"))["checkpoint"]!);

        IEnumerable<string?> Files() =>
            Card(Path.Combine(_copy.Path, "out"))["files"]!.AsArray().Select(file => (string?)file!["name"]);
    }

    [Fact]
    public async Task AFileThatHeldAnotherModelIsReplacedWholeAndThatIsSaid()
    {
        await RunAsync("export latest --format pytorch --output out");
        await RunAsync("export latest --format safetensors --output out");

        var again = await JsonAsync("export latest --format pytorch --output out");
        var other = await RunAsync("export other --format pytorch --output out");

        Assert.Null(again["replaced"]);
        Assert.Contains("epoch-0002 of r-", other.Output, StringComparison.Ordinal);
        Assert.Contains("which the file held before", other.Output, StringComparison.Ordinal);
        var run = (string)(await JsonAsync("show other"))["id"]!;
        Assert.Equal(run, (string)(await JsonAsync("eval out/model.pt"))["run"]!);
        Assert.NotEqual(run, (string)(await JsonAsync("eval out/model.safetensors"))["run"]!);
        Assert.Equal(
            ["model.json", "model.pt", "model.safetensors", "model.safetensors.json"],
            Directory.EnumerateFiles(Path.Combine(_copy.Path, "out")).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public async Task AFileWithoutACardIsEvaluatedLikeARun()
    {
        await RunAsync("export latest --format pytorch --output out");
        Directory.CreateDirectory(Path.Combine(_copy.Path, "alone"));
        File.Move(
            Path.Combine(_copy.Path, "out", "model.pt"),
            Path.Combine(_copy.Path, "alone", "best.pth.tar")
        );

        var run = await JsonAsync("eval latest");
        var file = await JsonAsync("eval alone/best.pth.tar --like latest");
        var alone = await CommandRun.OfAsync("eval alone/best.pth.tar", folder: _copy.Path);

        Assert.Equal(run["metrics"]!.ToJsonString(), file["metrics"]!.ToJsonString());
        Assert.Equal(
            ("a network like " + run["run"], "best.pth.tar"),
            ((string)file["run"]!, (string)file["checkpoint"]!)
        );
        Assert.Equal(6, alone.ExitCode);
        Assert.Contains("--like RUN", alone.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("safetensors", "model.safetensors")]
    [InlineData("pytorch", "model.pt")]
    [InlineData("torchsharp", "model.dat")]
    public async Task AFileIsEvaluatedWithTheNumbersOfItsRun(string format, string name)
    {
        await RunAsync($"export latest --format {format} --output out");

        var run = await JsonAsync("eval latest");
        var file = await JsonAsync($"eval out/{name}");

        Assert.Equal(run.ToJsonString(), file.ToJsonString());
    }

    [Fact]
    public async Task ImagesAreClassifiedByRunAndByFileAsInTheEvaluation()
    {
        await RunAsync("export latest --format pytorch --output out");
        var test = DatasetCatalogue
            .Open(
                new()
                {
                    Name = "synthetic",
                    Mean = [],
                    StandardDeviation = [],
                },
                seed: 1,
                path: null
            )
            .Test;
        var names = Enumerable.Range(0, 200).Select(i => $"{i}.png").ToList();
        for (var i = 0; i < names.Count; i++)
            WritePng(Path.Combine(_copy.Path, names[i]), test.Image(i).Span, test.Width);

        var byRun = await RunAsync($"predict latest {string.Join(' ', names)}");
        var byFile = await RunAsync($"predict out/model.pt {string.Join(' ', names)}");
        var three = await RunAsync($"predict out/model.pt {names[0]} --top 3");

        Assert.Equal(byRun.Output, byFile.Output);
        var rows = byRun.Output.TrimEnd().Split('\n').Select(line => line.Split('\t')).ToList();
        Assert.Equal(names, rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.InRange(double.Parse(row[2]), 0.1, 1));
        // After two epochs it knows some; by chance it would be 20 of 200, with a deviation of 4.
        var right = rows.Where((row, i) => row[1] == test.ClassNames[test.Labels[i]]).Count();
        Assert.True(right > 40, $"{right} of 200 are right");
        Assert.Equal(7, three.Output.TrimEnd().Split('\t').Length);
        Assert.StartsWith(string.Join('\t', rows[0]), three.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesComeFromStandardInputAndUnreadableImagesAreNamedWhileOthersAreClassified()
    {
        WritePng(Path.Combine(_copy.Path, "a b.png"), new byte[3 * 16 * 16], 16);
        await File.WriteAllTextAsync(
            Path.Combine(_copy.Path, "not.png"),
            "not a picture",
            TestContext.Current.CancellationToken
        );

        var run = await CommandRun.OfAsync(
            "predict latest -",
            folder: _copy.Path,
            input: "not.png\n\na b.png\nmissing.png\na b.png\n"
        );

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(["a b.png", "a b.png"], run.Output.TrimEnd().Split('\n').Select(l => l.Split('\t')[0]));
        Assert.Contains(
            "error MM2005: not.png cannot be read: not a JPEG",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "error MM2005: missing.png cannot be read: there is no such file",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AFolderIsItsImagesAndWhatIsNoImageByItsNameIsCounted()
    {
        var folder = Directory
            .CreateDirectory(Path.Combine(_copy.Path, "photos", "b", ".thumbs"))
            .Parent!.Parent!.FullName;
        foreach (var name in (string[])["z.PNG", "a 1.png", "b/c.png", "b/.hidden.png", "b/.thumbs/t.png"])
            WritePng(Path.Combine(folder, name), new byte[3 * 16 * 16], 16);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "b", "notes.txt"),
            "x",
            TestContext.Current.CancellationToken
        );
        Directory.CreateSymbolicLink(Path.Combine(folder, "b", "back"), folder);
        Directory.CreateDirectory(Path.Combine(_copy.Path, "none"));

        var run = await CommandRun.OfAsync("predict latest photos", folder: _copy.Path);
        var none = await CommandRun.OfAsync("predict latest none photos/z.PNG", folder: _copy.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["photos/a 1.png", "photos/z.PNG", "photos/b/c.png"],
            run.Output.TrimEnd().Split('\n').Select(line => line.Split('\t')[0])
        );
        Assert.Contains(
            "passed over 1 that by its name is not an image, such as b/notes.txt",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(5, none.ExitCode);
        Assert.StartsWith("photos/z.PNG\t", none.Output, StringComparison.Ordinal);
        Assert.Contains(
            "none cannot be read: the folder holds no file that ends with .jpg",
            none.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task NamesThatEndWithNullCharactersMayHoldLineEnds()
    {
        WritePng(Path.Combine(_copy.Path, "two\nlines.png"), new byte[3 * 16 * 16], 16);
        const string names = "two\nlines.png\0missing.png\0two\nlines.png";

        var run = await CommandRun.OfAsync(
            "predict latest - --null --json",
            folder: _copy.Path,
            input: names
        );
        var lines = await CommandRun.OfAsync("predict latest -", folder: _copy.Path, input: "a.png\0b.png\0");

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(
            ["two\nlines.png", "two\nlines.png"],
            JsonNode.Parse(run.Output)!["images"]!.AsArray().Select(image => (string)image!["path"]!)
        );
        Assert.Equal(2, lines.ExitCode);
        Assert.Contains("fix   add --null", lines.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "predict latest x.png --top 11",
        "MM1004",
        2,
        "--top must be from 1 to the model's 10 classes, got 11"
    )]
    [InlineData("predict nothing.pt x.png", "MM1007", 3, "there is no file")]
    [InlineData("eval out/model.onnx", "MM5002", 6, "not read")]
    [InlineData("eval alone/model.pt", "MM5002", 6, "has no model.json beside it")]
    [InlineData("eval renamed/other.pt", "MM5002", 6, "describes model.pt, model.onnx, not other.pt")]
    [InlineData("eval flipped/model.pt", "MM5001", 6, "SHA-256 differs")]
    [InlineData("eval exchanged/model.pt", "MM5002", 6, "does not fit resnet20 with a normalised head")]
    [InlineData(
        "export latest --format onyx",
        "MM1004",
        2,
        "--format must be one of onnx, pytorch, safetensors, torchsharp"
    )]
    [InlineData("export latest", "MM1002", 2, "--format wants a value, got nothing")]
    [InlineData(
        "export latest --format onnx --output x.pt",
        "MM1005",
        2,
        "the name is that of a pytorch file"
    )]
    [InlineData("export latest --format onnx --checkpoint epoch-7", "MM1007", 3, "epoch-0001")]
    [InlineData("export r-nope --format onnx", "MM1007", 3, "r-nope")]
    [InlineData(
        "export latest --format onnx --output taken",
        "MM5003",
        9,
        "it is not a model's card of ours"
    )]
    [InlineData("export latest --format onnx --output occupied", "MM5003", 9, "--output")]
    public async Task WhatCannotBeUsedIsRefused(string line, string code, int exitCode, string what)
    {
        await RunAsync("export latest --format pytorch --output out");
        await RunAsync("export latest --format onnx --output out");
        foreach (var name in (string[])["alone", "renamed", "flipped", "exchanged"])
            TrainedRun.CopyFolder(Path.Combine(_copy.Path, "out"), Path.Combine(_copy.Path, name));
        File.Delete(Path.Combine(_copy.Path, "alone", "model.json"));
        File.Move(
            Path.Combine(_copy.Path, "renamed", "model.pt"),
            Path.Combine(_copy.Path, "renamed", "other.pt")
        );
        Change(Path.Combine("flipped", "model.pt"), bytes => bytes[bytes.Length / 2] ^= 1);
        Edit(Path.Combine("exchanged", "model.json"), text => text.Replace("\"resnet8\"", "\"resnet20\""));
        Directory.CreateDirectory(Path.Combine(_copy.Path, "taken"));
        await File.WriteAllTextAsync(
            Path.Combine(_copy.Path, "taken", "model.json"),
            "{\"format\": \"layers-model\"}",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(_copy.Path, "occupied"),
            "",
            TestContext.Current.CancellationToken
        );

        var run = await CommandRun.OfAsync(line, folder: _copy.Path);

        Assert.True(run.ExitCode == exitCode, $"exit {run.ExitCode}: {run.Error}");
        Assert.Contains($"error {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains("  fix   ", run.Error, StringComparison.Ordinal);
    }

    private async Task<CommandRun> RunAsync(string line)
    {
        var run = await CommandRun.OfAsync(line, folder: _copy.Path);
        Assert.True(run.ExitCode == 0, $"exit {run.ExitCode}: {run.Error}");
        return run;
    }

    private async Task<JsonObject> JsonAsync(string line) =>
        JsonNode.Parse((await RunAsync($"{line} --json")).Output)!.AsObject();

    private static JsonObject Card(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "model.json")))!.AsObject();

    private void Change(string name, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_copy.Path, name));
        change(bytes);
        File.WriteAllBytes(Path.Combine(_copy.Path, name), bytes);
    }

    private void Edit(string name, Func<string, string> edit)
    {
        var path = Path.Combine(_copy.Path, name);
        File.WriteAllText(path, edit(File.ReadAllText(path)));
    }

    private static void WritePng(string path, ReadOnlySpan<byte> planes, int side)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        var plane = side * side;
        for (var p = 0; p < plane; p++)
            bitmap.SetPixel(
                p % side,
                p / side,
                new SKColor(planes[p], planes[plane + p], planes[(2 * plane) + p])
            );
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}
