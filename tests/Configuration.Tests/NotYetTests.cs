using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Specifications;
using MMOrleans.Tests;

namespace MMOrleans.Configuration.Tests;

/// <summary>Keys that took one value only are no keys any more; what was recorded with them is read as before.</summary>
public sealed class NotYetTests
{
    // As a run of the version that had them wrote it: mm train --epochs 2.
    private static readonly string Recorded = File.ReadAllText(
        Path.Combine(Checkout.Root, "tests", "Configuration.Tests", "Recorded.run.yaml")
    );

    private const string RecordedSha256 = "87e086ea7a2c8d7d6d42c20ae3e6d4b1b97d1d6f20d7f87b3c8a0c49e3be4668";

    public static TheoryData<string, string> Values { get; } =
        new()
        {
            { "dataset.download", "false" },
            { "dataset.verify", "true" },
            { "dataset.loaders", "auto" },
            { "train.micro_batch", "null" },
            { "train.precision", "fp32" },
            { "optimiser.kind", "sgd" },
            { "schedule.time", "epoch" },
            { "eval.early_stop", "null" },
            { "report.formats", "null" },
            { "report.embeddings", "false" },
            { "telemetry.trackers.mlflow", "null" },
            { "telemetry.trackers.csv", "true" },
            { "output.ui", "none" },
        };

    [Fact]
    public void ARecordedConfigurationWithAllOfThemMeansTheSameRun()
    {
        var run = RunConfiguration.ReadBack(Recorded, EnvironmentSnapshot.Empty);
        var again = RunConfiguration.Resolve(new() { Sets = ["train.epochs=2"], WorkingFolder = null });

        Assert.All(Values, row => Assert.Contains($" {row.Data.Item1.Split('.')[^1]}: ", Recorded));
        Assert.Equal(RecordedSha256, SpecificationDocument.Hash(run.Specification));
        Assert.Equal(
            SpecificationDocument.Write(again.Specification),
            SpecificationDocument.Write(run.Specification)
        );
        Assert.Equal(again.Settings.Checkpoints, run.Settings.Checkpoints);
        Assert.DoesNotContain(run.Written, line => NotYet.Find(line.Key) is not null);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void TypingOneIsRefusedWithWhatToDoInstead(string key, string value)
    {
        var set = Assert.Throws<FaultException>(() => Resolve(sets: [$"{key}={value}"])).Faults.Single();
        var file = Assert.Throws<FaultException>(() => Resolve(Yaml(key, "other"))).Faults.Single();

        Assert.Null(ConfigKeys.Find(key));
        Assert.Equal(("MM1003", "MM1003"), (set.Code, file.Code));
        Assert.StartsWith($"--set: {key} cannot be set: ", set.Message);
        Assert.Matches($"^run.yaml:[0-9]+:[0-9]+: {key} cannot be set: ", file.Message);
        Assert.Contains($"leave {key} out", set.Fix);
        Resolve(Yaml(key, value));
    }

    [Fact]
    public void NothingElseMayStandBesideThem() =>
        Assert.Equal(
            "run.yaml:2:3: unknown key 'report.colour'",
            Assert.Throws<FaultException>(() => Resolve("report:\n  colour: red")).Faults.Single().Message
        );

    private static string Yaml(string key, string value)
    {
        var parts = key.Split('.');
        return string.Concat(
            parts.Select(
                (part, i) => $"{new string(' ', 2 * i)}{part}:{(i == parts.Length - 1 ? $" {value}" : "")}\n"
            )
        );
    }

    private static ResolvedRun Resolve(string yaml = "", string[]? sets = null) =>
        RunConfiguration.Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText = yaml,
                Sets = sets ?? [],
                WorkingFolder = null,
            }
        );
}
