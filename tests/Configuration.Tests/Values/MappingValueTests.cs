using CsCheck;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Tests.Values;

/// <summary>A mapping is what its keys say, in whatever order and style they are written.</summary>
public sealed class MappingValueTests
{
    /// <summary>Key, its values below, and the same as it is written back.</summary>
    private static readonly (string Key, (string Name, string Value)[] Below, string Written)[] Mappings =
    [
        ("distribution.trainers", [("min", "2"), ("max", "7")], "{min: 2, max: 7}"),
        ("eval.groups", [("many", "90"), ("few", "30")], "{many: 90, few: 30}"),
        (
            "dataset.normalise",
            [("mean", "[0.5, 0.25, 0.75]"), ("std", "[0.1, 0.2, 0.3]")],
            "{mean: [0.5, 0.25, 0.75], std: [0.1, 0.2, 0.3]}"
        ),
        ("tags", [("a", "x"), ("b", "w"), ("c", "z")], "{a: x, b: w, c: z}"),
    ];

    private static readonly Func<string, (string, string)[], string>[] Files =
    [
        (key, below) => Nested(key, $" {{{string.Join(", ", below.Select(b => $"{b.Item1}: {b.Item2}"))}}}"),
        (key, below) =>
            Nested(
                key,
                $" {{ {string.Join(" ,\n        ", below.Select(b => $"\"{b.Item1}\" : {b.Item2}"))} }}"
            ),
        (key, below) => Nested(key, string.Concat(below.Select(b => $"\n        {b.Item1}: {b.Item2}"))),
        (key, below) =>
            Nested(
                    key,
                    string.Concat(
                        below.Select(b => $"\n        # why\n        '{b.Item1}':   {b.Item2}   # how")
                    )
                )
                .Replace("\n", "\r\n"),
    ];

    [Fact]
    public void EveryOrderAndStyleOfAMappingIsRead() =>
        Gen.Select(
                Gen.Int[0, Mappings.Length - 1].Select(i => Mappings[i]),
                Gen.Int[0, Files.Length - 1].Select(i => Files[i]),
                Gen.Int[0, 5]
            )
            .SelectMany(
                (mapping, style, _) =>
                    Gen.Shuffle(mapping.Below).Select(below => (mapping, Text: style(mapping.Key, below)))
            )
            .Sample(c =>
                Assert.Equal(
                    c.mapping.Written,
                    Value(
                        c.mapping.Key,
                        new()
                        {
                            WorkingFolder = null,
                            FileName = "run.yaml",
                            FileText = c.Text,
                        }
                    )
                )
            );

    [Fact]
    public void EveryOrderOfAMappingIsReadFromAFlagAndAVariable() =>
        Gen.Int[0, Mappings.Length - 1]
            .Select(i => Mappings[i])
            .SelectMany(mapping =>
                Gen.Shuffle(mapping.Below).Select(below => (mapping.Key, mapping.Written, Below: below))
            )
            .Sample(c =>
            {
                var json =
                    $"{{{string.Join(",", c.Below.Select(b => $"\"{b.Name}\":{(c.Key == "tags" ? $"\"{b.Value}\"" : b.Value)}"))}}}";
                Assert.Equal(
                    c.Written,
                    Value(c.Key, new() { WorkingFolder = null, Sets = [$"{c.Key}={json}"] })
                );
                Assert.Equal(
                    c.Written,
                    Value(
                        c.Key,
                        new()
                        {
                            WorkingFolder = null,
                            Environment = new(
                                new Dictionary<string, string>
                                {
                                    [$"MM_SET__{c.Key.ToUpperInvariant().Replace(".", "__")}"] = json,
                                }
                            ),
                        }
                    )
                );
            });

    [Theory]
    [InlineData(
        "distribution: {trainers: {max: 2, mni: 1}}",
        "MM1003",
        "run.yaml:1:35: distribution.trainers has no key 'mni' (did you mean 'min'?)"
    )]
    [InlineData(
        "distribution: {trainers: {max: 2}}",
        "MM1002",
        "run.yaml:1:26: distribution.trainers lacks min"
    )]
    [InlineData(
        "distribution: {trainers: {min: 1, max: 2, min: 3}}",
        "MM1006",
        "run.yaml:1:43: key 'min' stands here a second time"
    )]
    [InlineData(
        "distribution: {trainers: {max: x, min: 1}}",
        "MM1002",
        "run.yaml:1:32: distribution.trainers.max wants a whole number, got 'x'"
    )]
    [InlineData(
        "distribution: {trainers: {max:2,min:1}}",
        "MM1002",
        "wants a blank after the colon: 'max: 2', got 'max:2'"
    )]
    [InlineData(
        "distribution: {trainers: {max: 1, min: 2}}",
        "MM1004",
        "must have min at most max, got 2 and 1"
    )]
    [InlineData(
        "eval:\n  groups:\n    few: 20\n    manny: 100",
        "MM1003",
        "run.yaml:4:5: eval.groups has no key 'manny' (did you mean 'many'?)"
    )]
    [InlineData(
        "eval: {groups: {few: 20, many: }}",
        "MM1002",
        "eval.groups.many wants a whole number, got nothing"
    )]
    [InlineData(
        "dataset: {normalise: {std: [1, 2], mean: [0, 0, 0]}}",
        "MM1002",
        "dataset.normalise.std wants a list of three numbers, got a list of 2"
    )]
    [InlineData(
        "dataset: {normalise: {std: [1, 0, 1], mean: [0, 0, 0]}}",
        "MM1004",
        "dataset.normalise.std must have numbers above 0, for they divide, got 0"
    )]
    [InlineData("dataset: {normalise: {}}", "MM1002", "dataset.normalise lacks mean")]
    public void WhatIsWrongInAMappingIsNamedWithItsPlace(string yaml, string code, string message)
    {
        var fault = Assert.Throws<FaultException>(() =>
            Value(
                "seed",
                new()
                {
                    WorkingFolder = null,
                    FileName = "run.yaml",
                    FileText = yaml,
                }
            )
        );

        Assert.Equal(code, fault.Faults[0].Code);
        Assert.Contains(message, fault.Faults[0].Message);
    }

    [Theory]
    [InlineData("distribution.trainers={max: 2}")]
    [InlineData("distribution.trainers={max:2,min:1}")]
    [InlineData("dataset.normalise={mean: [0, 0, 0]}")]
    [InlineData("eval.groups={many: x, few: 2}")]
    public void TheFixOfARefusedMappingCanBePasted(string set)
    {
        var fault = Assert.Throws<FaultException>(() =>
            Value("seed", new() { WorkingFolder = null, Sets = [set] })
        );

        var fix = fault.Faults[0].Fix;
        Assert.StartsWith($"--set {set[..set.IndexOf('=')]}='{{", fix);
        Value("seed", new() { WorkingFolder = null, Sets = [fix["--set ".Length..].Replace("'", "")] });
    }

    private static string Value(string key, ConfigurationSources sources) =>
        RunConfiguration
            .Resolve(sources with { WorkingFolder = Path.GetTempPath() })
            .Origins.Single(line => line.Key == key)
            .Value;

    private static string Nested(string key, string value) =>
        key.Split('.') is [var section, var name] ? $"{section}:\n    {name}:{value}\n" : $"{key}:{value}\n";
}
