using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>The wall clock is for what people read. An operator or NTP sets it, and no trainer may be taken for dead or alive by that.</summary>
public sealed class WallClockTests
{
    /// <summary>Files of the grains that read it, and what for.</summary>
    private static readonly Dictionary<string, string> ForPeople = new()
    {
        ["Grains/Runs/HeldWrites.cs"] = "since when the disk refuses, as the timeline tells it",
        ["Grains/Runs/RunDirectory.cs"] = "who writes the folder, and since when",
        ["Grains/Runs/RunEffects.cs"] = "max_time ends at an hour that the record names",
        ["Grains/Runs/RunLog.cs"] = "when an event happened",
        ["Grains/Runs/RunOpening.cs"] = "when a run was created",
        ["Grains/Runs/RunTelemetry.cs"] = "spans",
        ["Grains/Telemetry/RunGauges.cs"] = "age of a checkpoint that another process may have written",
        ["Grains/Telemetry/TrainingMeter.cs"] = "how long an ended run's series are shown",
        ["Grains/Telemetry/TrainingTelemetry.cs"] = "spans",
        ["Grains/Timing/MonotonicClock.cs"] = "where it begins, and what people read",
        ["Grains/Trainers/CheckpointSaver.cs"] = "spans",
        ["Grains/Trainers/Rounds/RoundClock.cs"] = "spans",
        ["Grains/Trainers/TrainerWork.cs"] = "spans",
    };

    [Fact]
    public void GrainsReadItForPeopleAndDecideNoIntervalByIt()
    {
        var reading = Sources
            .OfProduction()
            .Select(file => (Path: Relative(file), Text: File.ReadAllText(file)))
            .Where(file => file.Path.StartsWith("Grains/", StringComparison.Ordinal))
            .Where(file => file.Text.Contains("GetUtcNow", StringComparison.Ordinal))
            .Select(file => file.Path)
            .Order(StringComparer.Ordinal);

        Assert.Equal(ForPeople.Keys.Order(StringComparer.Ordinal), reading);
    }

    private static string Relative(string file) =>
        Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/');
}
