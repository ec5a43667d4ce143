using MMOrleans.Client.Invocations;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>A command that is printed finds the run that it was printed for.</summary>
public sealed class PrintedCommandTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("runs", "")]
    [InlineData("./runs/", "")]
    [InlineData("/mnt/all runs", " --output '/mnt/all runs'")]
    [InlineData("-odd", " --output ./-odd")]
    [InlineData("other", " --output other")]
    public void TheFolderOfTheRunsIsPartOfItWhereItIsNotTheUsualOne(string? folder, string flag)
    {
        using var runs = new RunsOnDisk();

        Assert.Equal(flag, runs.Invocation().In(folder).ClusterFlag);
    }

    [Fact]
    public async Task WhatAnInterruptedRunIsGoneOnWithNamesItsFolder()
    {
        using var folder = new TemporaryFolder();
        await CommandRun.OfAsync(
            "train --preset tiny --epochs 1 --output kept --no-progress",
            folder: folder.Path
        );

        var run = await CommandRun.OfAsync("show latest --output kept", folder: folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("mm runs\n", run.Output);
        var lost = await CommandRun.OfAsync("show r-nowher --output kept", folder: folder.Path);
        Assert.Contains($"mm runs --output ", lost.Error);
    }
}
