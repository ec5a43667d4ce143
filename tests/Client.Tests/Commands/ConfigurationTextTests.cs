using System.Text;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>A configuration is read from whatever holds one, and anything else is named for what it is.</summary>
public sealed class ConfigurationTextTests
{
    [Theory]
    [InlineData("\uFEFFpreset: tiny\r\ntrain:\r\n  epochs: 2\r\n")]
    [InlineData("{\n\t\"preset\": \"tiny\",\n\t\"train\": {\"epochs\": 2}\n}\n")]
    [InlineData("%YAML 1.1\n---\npreset: tiny\ntrain: {epochs: 2}\n...\n")]
    public async Task WhatEditorsOfOtherSystemsWriteIsRead(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("run.yaml", text);

        Assert.Contains(
            "2 epochs",
            (await CommandRun.OfAsync("config check run.yaml", folder: folder.Path)).Output
        );
        Assert.Contains(
            "2 epochs",
            (
                await CommandRun.OfAsync(
                    "config check -",
                    folder: folder.Path,
                    input: text.TrimStart('\uFEFF')
                )
            ).Output
        );
    }

    public static TheoryData<string, byte[], string> Others =>
        new()
        {
            { "latin1", [.. "name: caf"u8, 0xe9, .. "\n"u8], "is not text in UTF-8" },
            { "binary", [0x7f, (byte)'E', 0, 0, 1], "is not text in UTF-8" },
            {
                "long",
                Encoding.ASCII.GetBytes(new string('#', 2_000_000)),
                "has more than 1,048,576 characters"
            },
            { "pasted", "preset:tiny"u8.ToArray(), "a configuration is a mapping of keys" },
            { "tabs", "train:\n\tepochs: 2"u8.ToArray(), "a tab in the indentation" },
        };

    [Theory, MemberData(nameof(Others))]
    public async Task WhatIsNoConfigurationIsNamed(string name, byte[] bytes, string message)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(
            Path.Combine(folder.Path, name),
            bytes,
            TestContext.Current.CancellationToken
        );

        var run = await CommandRun.OfAsync($"config check {name}", folder: folder.Path);

        Assert.Contains($"error MM1006: {name}", run.Error);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task AFolderIsAnsweredWithTheFileInIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write("experiments/run.yaml", "preset: tiny");

        var run = await CommandRun.OfAsync("train experiments --dry-run", folder: folder.Path);

        Assert.Contains("experiments is a folder, a configuration is a file", run.Error);
        Assert.Contains("fix   name the file, such as experiments/run.yaml", run.Error);
    }

    [Theory]
    [InlineData("--data-dir")]
    [InlineData("--output")]
    [InlineData("--preset")]
    [InlineData("--name")]
    [InlineData("--fork-from")]
    public async Task AnEmptyValueIsRefused(string flag)
    {
        var run = await CommandRun.OfAsync(["train", "--dry-run", flag, ""]);

        Assert.Contains($"error MM1002: {flag} got an empty value", run.Error);
    }

    [Fact]
    public async Task AFileThatBeginsWithAHyphenIsToldHowToName()
    {
        using var folder = new TemporaryFolder();
        folder.Write("-run.yaml", "preset: tiny");

        Assert.Contains(
            "fix   write ./-run.yaml",
            (await CommandRun.OfAsync("config check -run.yaml", folder: folder.Path)).Error
        );
        Assert.Equal(0, (await CommandRun.OfAsync("config check ./-run.yaml", folder: folder.Path)).ExitCode);
        Assert.Equal(
            0,
            (await CommandRun.OfAsync("config check -- -run.yaml", folder: folder.Path)).ExitCode
        );
    }

    [Fact]
    public async Task AFileThatIsThereIsNotOverwritten()
    {
        using var folder = new TemporaryFolder();
        folder.Write("run.yaml", "mine");

        var run = await CommandRun.OfAsync("config init run.yaml", folder: folder.Path);

        Assert.Contains("run.yaml exists and is not overwritten", run.Error);
        Assert.Equal(
            "mine",
            await File.ReadAllTextAsync(
                Path.Combine(folder.Path, "run.yaml"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains(
            "mkdir -p no/such",
            (await CommandRun.OfAsync("config init no/such/run.yaml", folder: folder.Path)).Error
        );
    }
}
