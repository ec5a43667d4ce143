using System.Text.Json.Nodes;

namespace MMOrleans.Journeys.Ways;

/// <summary>A trained model, used and taken away.</summary>
public sealed class ModelsOut(SharedRuns shared) : Journey(shared)
{
    private static readonly (string Format, string File)[] Formats =
    [
        ("safetensors", "model.safetensors"),
        ("pytorch", "model.pt"),
        ("onnx", "model.onnx"),
        ("torchsharp", "model.dat"),
    ];

    [Fact]
    public async Task EveryFormatSaysOfEveryImageWhatTheRunSays()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));
        var images = Photographs
            .Of("test")
            .Select(p => Path.Combine(Shared.Folders, p.Split, p.Class, p.File))
            .ToList();
        var list = string.Join('\n', images) + "\n";

        var run = await TypeAsync("mm eval whole --json --device cpu --checkpoint epoch-0030 --output runs");
        Assert.Equal(images.Count, (int)run.Json["images"]!);
        // Far above chance, or the comparisons below would say little.
        Assert.InRange((double)run.Json["metrics"]!["accuracy"]!, 0.6, 1);
        (await TypeAsync("mm eval whole")).Holding("light house");

        var told = await TypeAsync("mm predict whole - --json", input: list);
        Assert.Equal(images.Count, told.Json["images"]!.AsArray().Count);
        CheckAccuracy(run.Json, told.Json);
        var lines = (
            await TypeAsync(
                "mm predict whole - --top 2 --device cpu --checkpoint epoch-0030 --output runs",
                input: list
            )
        )
            .Printed.Trim()
            .Split('\n');
        Assert.Equal(images, lines.Select(line => line.Split('\t')[0]));
        Assert.Single((await TypeAsync($"mm predict latest '{images[0]}'")).Printed.Trim().Split('\n'));

        var shown = await TypeAsync("mm show whole --json");
        foreach (var (format, file) in Formats)
        {
            var folder = $"taken away/{format}";
            (await TypeAsync($"mm export whole --format {format} --output '{folder}'")).Holding(
                file,
                "sha256"
            );
            CheckCard(
                JsonNode.Parse(
                    await File.ReadAllTextAsync(Path.Combine(Shell.Folder, folder, "model.json"))
                )!,
                shown.Json,
                format
            );
            var model = $"'{folder}/{file}'";
            if (format == "onnx") // for other programs: ONNX Runtime reads it in the client's tests
            {
                (await TypeAsync($"mm eval {model}", exitCode: 6)).Holding("written for other programs");
                continue;
            }

            var evaluated = await TypeAsync($"mm eval {model} --data-dir '{Shared.Folders}' --json");
            CheckSame(run.Json, evaluated.Json, format);
            CheckSame(told.Json, (await TypeAsync($"mm predict {model} - --json", input: list)).Json, format);
        }

        // Beside the run, and of an earlier checkpoint.
        await TypeAsync("mm export latest --format safetensors --checkpoint epoch-0010 --runs runs");
        var earlier = await TypeAsync("mm eval latest --checkpoint epoch-0010 --json");
        CheckSame(
            earlier.Json,
            (
                await TypeAsync(
                    $"mm eval runs/r-*/export/model.safetensors --data-dir '{Shared.Folders}' --json"
                )
            ).Json,
            "of an earlier checkpoint"
        );
    }

    [Fact]
    public async Task AFileWithoutItsDescriptionIsReadLikeTheRunItIsOf()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));
        await TypeAsync("mm export whole --format pytorch --output away");
        File.Delete(Path.Combine(Shell.Folder, "away", "model.json"));
        var image = Photographs.Of("test").First();
        await File.WriteAllBytesAsync(Path.Combine(Shell.Folder, "two\nlines.png"), image.Bytes);

        var run = await TypeAsync("mm eval whole --json");
        var file = await TypeAsync(
            $"mm eval away/model.pt --like whole --data-dir '{Shared.Folders}' --json"
        );
        CheckSame(run.Json, file.Json, "without its description");

        var told = await TypeAsync(
            "find . -maxdepth 1 -name '*.png' -print0 | mm predict away/model.pt --like whole --null -"
        );
        Assert.Single(told.Printed.Trim().Split('\n'));
    }

    [Fact]
    public async Task AnImageThatCannotBeReadIsNamedAndTheOthersAreClassified()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));
        var good = Photographs.Of("test").First();
        await File.WriteAllTextAsync(Path.Combine(Shell.Folder, "not a picture.jpg"), "text");
        await File.WriteAllBytesAsync(Path.Combine(Shell.Folder, "a picture.png"), good.Bytes);

        var told = await TypeAsync("mm predict whole 'not a picture.jpg' 'a picture.png'", exitCode: 5);

        Assert.StartsWith("a picture.png\t", told.Printed, StringComparison.Ordinal);
        told.Holding("not a picture.jpg");
        Assert.Equal(told.Printed, (await TypeAsync("mm predict whole 'a picture.png'")).Printed);
    }

    /// <summary>The images' true classes are their folders' names: the share that was told right is the run's accuracy.</summary>
    private static void CheckAccuracy(JsonNode evaluated, JsonNode told)
    {
        var right = told["images"]!
            .AsArray()
            .Count(image =>
                Path.GetFileName(Path.GetDirectoryName((string)image!["path"]!))
                == (string)image["classes"]![0]!["class"]!
            );
        Assert.Equal(
            (double)evaluated["metrics"]!["accuracy"]!,
            (double)right / (int)evaluated["images"]!,
            6
        );
    }

    /// <summary>What another program must know: mm itself reads these two from the specification, and would not miss them.</summary>
    private static void CheckCard(JsonNode card, JsonNode run, string what)
    {
        var dataset = run["specification"]!["dataset"]!;
        CheckValue(dataset["mean"], card["input"]!["mean"], $"{what}: mean");
        CheckValue(
            dataset["standard_deviation"],
            card["input"]!["standard_deviation"],
            $"{what}: standard deviation"
        );
        Assert.Equal(Photographs.Classes, card["classes"]!.AsArray().Select(name => (string?)name));
    }

    /// <summary>All that is said of images and classes is the same.</summary>
    private static void CheckSame(JsonNode expected, JsonNode actual, string what)
    {
        foreach (var part in (string[])["metrics", "confusion", "classes", "images"])
            if (expected[part] is { } one)
                CheckValue(one, actual[part], $"{what}: {part}");
    }

    /// <summary>Numbers are the same up to what formats and kernels round differently, words exactly.</summary>
    private static void CheckValue(JsonNode? expected, JsonNode? actual, string what)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                    CheckValue(value, actual![name], $"{what}.{name}");
                break;
            case JsonArray items:
                Assert.True(
                    items.Count == actual!.AsArray().Count,
                    $"{what}: {actual.AsArray().Count} entries, not {items.Count}"
                );
                foreach (var (i, item) in items.Index())
                    CheckValue(item, actual[i], $"{what}[{i}]");
                break;
            case JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                var (one, other) = ((double)value, (double)actual!);
                Assert.True(
                    Math.Abs(one - other) <= 1e-3 * Math.Max(1, Math.Abs(one)),
                    $"{what}: {other}, not {one}"
                );
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, actual),
                    $"{what}: {actual?.ToJsonString()}, not {expected?.ToJsonString()}"
                );
                break;
        }
    }
}
