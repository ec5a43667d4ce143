namespace MMOrleans.Client.Tests.Commands;

/// <summary>A dry run says what the start would say, in the same words and with the same code, and leaves nothing.</summary>
public sealed class DryRunTests
{
    [Theory]
    [InlineData("--dataset image-folder --data-dir nowhere")]
    [InlineData("--dataset image-folder --data-dir one-class")]
    [InlineData("--dataset image-folder --data-dir damaged")]
    [InlineData("--dataset parquet --data-dir damaged")]
    [InlineData("--dataset cifar10 --data-dir damaged")]
    [InlineData("--device cuda")]
    [InlineData("--output a-file")]
    [InlineData("--output a-file/below")]
    [InlineData("--fork-from r-nowhere@epoch-1")]
    [InlineData("--set model.init_from=nothing.safetensors")]
    [InlineData("--set model.init_from=weights.safetensors")]
    [InlineData("--method tau-norm")]
    [InlineData("--ratio 100000")]
    public async Task WhatTheStartRefusesTheDryRunRefuses(string flags)
    {
        using var folder = new TemporaryFolder();
        folder.Write("one-class/train/cat/1.png", "no image");
        folder.Write("one-class/test/cat/1.png", "no image");
        folder.Write("damaged/train/cat/1.png", "no image");
        folder.Write("damaged/train/dog/1.png", "no image");
        folder.Write("damaged/test/cat/1.png", "no image");
        folder.Write("damaged/test/dog/1.png", "no image");
        folder.Write("damaged/train-0.parquet", "no table");
        folder.Write("damaged/test_batch.bin", "no images");
        folder.Write("weights.safetensors", "no tensors");
        folder.Write("a-file", "no folder");
        var before = Entries(folder.Path);

        var dry = await CommandRun.OfAsync($"train --preset tiny --dry-run {flags}", folder: folder.Path);
        Assert.Equal(before, Entries(folder.Path));
        var real = await CommandRun.OfAsync(
            $"train --preset tiny --no-progress {flags}",
            folder: folder.Path
        );

        Assert.NotEqual(0, real.ExitCode);
        Assert.Equal((real.ExitCode, real.Error), (dry.ExitCode, dry.Error));
        Assert.Empty(dry.Output);
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("deep/below/runs")]
    public async Task WhatTheStartTakesTheDryRunTakesAndLeavesNothing(string output)
    {
        using var folder = new TemporaryFolder();

        var dry = await CommandRun.OfAsync($"train --dry-run --output {output}", folder: folder.Path);

        Assert.Equal("", dry.Error);
        Assert.Equal(0, dry.ExitCode);
        Assert.Contains("Nothing was started", dry.Output);
        Assert.Empty(Entries(folder.Path));
    }

    private static string[] Entries(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order()];
}
