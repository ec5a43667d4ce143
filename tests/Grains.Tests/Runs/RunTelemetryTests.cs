using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Tests.Telemetry;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Tests.Runs;

public sealed class RunTelemetryTests : IDisposable
{
    private const string Run = "r-st0ry1";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
    private readonly TrainingTelemetry _telemetry;
    private readonly Collected _collected;
    private readonly RunTelemetry _story;

    public RunTelemetryTests()
    {
        _telemetry = new(_clock, new RunsHere());
        _collected = new(Run, _telemetry.Meter);
        _story = new(Run, _telemetry, _clock);
    }

    public void Dispose()
    {
        _collected.Dispose();
        _telemetry.Dispose();
    }

    /// <summary>An alert on old checkpoints must not be put off by every silo that dies.</summary>
    [Fact]
    public void WhoeverTakesARunOverKnowsHowOldItsNewestCheckpointIs()
    {
        var settings = new RunSettings { Name = "test" };
        _story.Adopted(settings, _clock.GetUtcNow().AddSeconds(-90), round: 10);

        _story.Moved(
            new()
            {
                Id = Run,
                Name = "test",
                Status = RunStatus.Running,
                Specification = JsonDocument.Parse("{}").RootElement,
                SpecificationSha256 = "00",
                Created = _clock.GetUtcNow(),
            },
            settings,
            new RunProgress
            {
                Round = 25,
                Rounds = 100,
                RoundsPerEpoch = 10,
            },
            []
        );

        Assert.Equal([(90, $"mmorleans.run.id={Run}")], _collected.Scrape("mmorleans.run.checkpoint.age"));
        Assert.Equal([(1.5, $"mmorleans.run.id={Run}")], _collected.Scrape("mmorleans.run.checkpoint.lag"));
    }
}
