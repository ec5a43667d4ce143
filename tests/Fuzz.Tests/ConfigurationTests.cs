using System.Text;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;
using MMOrleans.Runs.Tests.Checkpoints;

namespace MMOrleans.Fuzz.Tests;

/// <summary>What a run is asked for with: a person's file, and what a client sends to a cluster.</summary>
public class ConfigurationTests(ITestOutputHelper output)
{
    private const string Yaml = """
        version: 1
        name: c10-lt100-mm
        preset: cifar10-lt-100
        tags: {project: demo}
        seed: 1
        dataset: {name: cifar10, path: images, augment: {crop_padding: 4, flip: true}}
        imbalance:
          kind: exp
          ratio: 100
        method: {name: mm-drw, defer_epoch: auto, scale: 30.0}
        train:
          epochs: 200
          batch_size: 128
        optimiser: {lr: 0.1, clip_norm: null}
        distribution: {trainers: {min: 2, max: 8}, wait: 60s}
        checkpoint:
          every: 500 rounds
          keep_best: {metric: accuracy, mode: max, count: 1}
        """;

    private readonly Fuzzer _fuzzer = new(output);

    [Fact]
    public void RunYaml() =>
        _fuzzer.Run(
            "run.yaml",
            [Encoding.UTF8.GetBytes(Yaml), "preset: tiny\ntrain: {epochs: 3}\n"u8.ToArray()],
            1000,
            bytes => Resolve(Encoding.UTF8.GetString(bytes)),
            fault => fault is FaultException
        );

    [Fact]
    public void ConfigurationOfARequest() =>
        _fuzzer.Run(
            "request",
            [
                Encoding.UTF8.GetBytes(Yaml),
                """{"preset": "tiny", "train": {"epochs": 3}, "method": {"name": "mm-drw"}}"""u8.ToArray(),
            ],
            1000,
            bytes => RequestConfiguration.Read(Encoding.UTF8.GetString(bytes)),
            fault => fault is FaultException
        );

    [Fact]
    public void SetValue() =>
        _fuzzer.Run(
            "--set",
            ["train.epochs=3"u8.ToArray(), "distribution.trainers={min: 1, max: 2}"u8.ToArray()],
            1000,
            bytes =>
                RunConfiguration.Resolve(
                    new() { Sets = [Encoding.UTF8.GetString(bytes)], WorkingFolder = Path.GetTempPath() }
                ),
            fault => fault is FaultException
        );

    [Theory]
    [InlineData('[', "a: ")]
    [InlineData('{', "a: ")]
    public void NestingThatWouldEmptyTheStackIsRefused(char opening, string before)
    {
        var refused = Assert.Throws<FaultException>(() => Resolve(before + new string(opening, 200_000)));

        Assert.Equal("MM1006", refused.Faults[0].Code);
        Assert.Contains("levels", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWordInBracesThatGoesOnInTheNextLineIsRefusedWithItsPlace()
    {
        var refused = Assert.Throws<FaultException>(() =>
            Resolve("preset: tiny\ntrain: {epochr:ini\ntrai 3}\n")
        );

        Assert.Equal("MM1006", refused.Faults[0].Code);
        Assert.StartsWith("run.yaml:2:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlocksNestedWithoutEndAreRefused()
    {
        var lines = Enumerable.Range(0, 1000).Select(depth => new string(' ', depth) + "a:\n");

        Assert.Contains(
            "levels",
            Assert.Throws<FaultException>(() => Resolve(string.Concat(lines))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void NineAliasesOfNineAliasesAreRefusedAtTheFirst()
    {
        var yaml = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 12; level++)
            yaml.Append(
                $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n"
            );

        var refused = Assert.Throws<FaultException>(() => Resolve(yaml.ToString()));

        Assert.Contains(
            "anchors, aliases and tags are not used here",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AFileOfMegabytesIsRefusedBeforeItIsRead()
    {
        var refused = Assert.Throws<FaultException>(() => Resolve("# " + new string('x', 2 << 20)));

        Assert.Equal("MM1006", refused.Faults[0].Code);
        Assert.Contains("1,048,576", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Submission() =>
        _fuzzer.Run(
            "specification",
            [Encoding.UTF8.GetBytes(SpecificationDocument.Write(SomeCheckpoint.Specification))],
            2000,
            bytes =>
            {
                var submission = new RunSubmission(
                    "r-7f3k9q",
                    Encoding.UTF8.GetString(bytes),
                    new RunSettings { Name = "fuzzed" }
                );
                SubmissionCheck.Read(submission);
            },
            fault => fault is FaultException
        );

    private static ResolvedRun Resolve(string yaml) =>
        RunConfiguration.Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText = yaml,
                WorkingFolder = Path.GetTempPath(),
            }
        );
}
