using System.Text.RegularExpressions;
using MMOrleans.Client.Tests.Commands;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>What is typed or pasted wrongly is refused by name; what is meant literally is taken literally.</summary>
public sealed class CommandLineFaultsTests
{
    private const string Plan = "train --preset tiny --dry-run";

    [Theory]
    [InlineData("--epochs 3 --epochs 5", "--epochs is given twice: '3' and '5'")]
    [InlineData("--ratio=1 --ratio=2", "--ratio is given twice: '1' and '2'")]
    [InlineData("--seed 1 --seed=1 --seed 2", "--seed is given 3 times: '1' and '1' and '2'")]
    [InlineData("--color never --color always", "--color is given twice: 'never' and 'always'")]
    public async Task AFlagGivenTwiceIsRefusedWithBothValues(string flags, string message)
    {
        var run = await CommandRun.OfAsync($"{Plan} {flags}");

        Assert.Contains($"error MM1005: {message}", run.Error);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("-q -q")]
    [InlineData("-v -v -v")]
    [InlineData("--no-progress --no-progress")]
    [InlineData("--set train.epochs=3 --set train.epochs=3 --set seed=4")]
    [InlineData("--tag a=1 --tag b=2 --tag a=1")]
    public async Task WhatSaysTheSameTwiceIsTaken(string flags) =>
        Assert.Equal(ExitCode.Success, (await CommandRun.OfAsync($"{Plan} {flags}")).ExitCode);

    [Theory]
    [InlineData(
        "--set train.epochs=3 --set seed=2 --set train.epochs=4",
        "--set train.epochs is given twice: '3' and '4'"
    )]
    [InlineData("--tag team=a --tag team=b", "--tag team is given twice: 'a' and 'b'")]
    public async Task AKeyWithTwoValuesIsRefused(string flags, string message) =>
        Assert.Contains($"error MM1005: {message}", (await CommandRun.OfAsync($"{Plan} {flags}")).Error);

    [Fact]
    public async Task AnAtSignReadsNoFile()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "args"),
            "--help",
            TestContext.Current.CancellationToken
        );

        foreach (var verb in (string[])["explain", "data verify", "config check", "show"])
            Assert.Contains("@args", (await CommandRun.OfAsync($"{verb} @args", folder: folder.Path)).Error);
        Assert.Contains(
            "got '@args'",
            (await CommandRun.OfAsync($"{Plan} --name @args", folder: folder.Path)).Error
        );
    }

    [Theory]
    [InlineData("@data")]
    [InlineData("/mnt/my disk #1/x")]
    [InlineData("*star")]
    [InlineData("a: b")]
    [InlineData("{braces}")]
    [InlineData("%d !x &y")]
    public async Task ATextOfSetIsWhatWasTyped(string path)
    {
        var run = await CommandRun.OfAsync([
            "config",
            "init",
            "--preset",
            "tiny",
            "--set",
            $"dataset.path={path}",
        ]);

        // Quoted where YAML wants it.
        Assert.Matches(
            $"path: \"?{Regex.Escape(Path.GetFullPath(path, Path.GetTempPath()))}\"?( |$)",
            run.Output
        );
    }

    public static TheoryData<string> OtherDashes =>
        ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\uFF0D", "\u2013\u2013", "-\u2013"];

    [Theory, MemberData(nameof(OtherDashes))]
    public async Task ADashFromADocumentIsNamed(string dash)
    {
        if (dash[0] == '-') // the first character decides what the parser makes of it
            Assert.Contains("unknown flag", (await CommandRun.OfAsync($"{Plan} {dash}epochs 3")).Error);
        else
        {
            Assert.Contains(
                "fix   write --epochs",
                (await CommandRun.OfAsync($"{Plan} {dash}epochs 3")).Error
            );
            Assert.Contains(
                "fix   write --epochs=3",
                (await CommandRun.OfAsync($"{Plan} {dash}epochs=3")).Error
            );
        }
    }

    [Fact]
    public async Task ADashThatBeginsTheNameOfAFileIsItsName()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "\u2013epochs"),
            "preset: tiny",
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            ExitCode.Success,
            (await CommandRun.OfAsync("config check \u2013epochs", folder: folder.Path)).ExitCode
        );
    }

    [Theory]
    [InlineData("\u201Cx\u201D", "x")]
    [InlineData("\u201Emy", "my")]
    [InlineData("\u2018x y\u2019", "'x y'")]
    public async Task QuotesFromADocumentAreNamed(string value, string meant)
    {
        var run = await CommandRun.OfAsync([.. Plan.Split(' '), "--name", value]);

        Assert.Contains("typographic quotes", run.Error);
        Assert.Contains($"fix   write {meant}", run.Error);
    }
}
