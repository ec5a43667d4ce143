using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Tests.Telemetry;

/// <summary>How vectors got to other silos, as metrics and traces tell it.</summary>
public sealed class TransportTelemetryTests : IDisposable
{
    private const string Gauge = "mmorleans.transport.silos";

    private readonly string _run = $"r-{Guid.NewGuid():N}";
    private readonly FakeTimeProvider _clock = new();
    private readonly TrainingTelemetry _telemetry;
    private readonly Collected _collected;

    public TransportTelemetryTests()
    {
        _telemetry = new(_clock, new());
        _collected = new(_run, _telemetry.Meter);
    }

    public void Dispose()
    {
        _collected.Dispose();
        _telemetry.Dispose();
    }

    [Fact]
    public void OtherSilosAreCountedByTransportAndAnUnusedOneIsZero()
    {
        _telemetry.Meter.TransportsAreIn(() => [TransportNames.Memory, TransportNames.Memory]);

        Assert.Equal(
            [
                (2, "mmorleans.transport=memory"),
                (0, "mmorleans.transport=connection"),
                (0, "mmorleans.transport=calls"),
            ],
            _collected.Scrape(Gauge)
        );
    }

    [Fact]
    public void TransportThatIsNoneOfOursIsCountedToo()
    {
        _telemetry.Meter.TransportsAreIn(() => ["pigeon"]);

        Assert.Contains((1, "mmorleans.transport=pigeon"), _collected.Scrape(Gauge));
    }

    [Fact]
    public void SpanOfAnExchangeSaysByWhichTransports()
    {
        _telemetry.RunOpened(_run, "all", 1, null);
        var began = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _telemetry.RoundClosed(
            new(
                _run,
                "a/t0",
                "cpu",
                Leads: true,
                Epoch: 0,
                Round: 0,
                RoundOfEpoch: 0,
                "main",
                began,
                _clock.GetUtcNow(),
                Samples: 1,
                Healed: false,
                new(Exchange: 0.5),
                ExchangedBytes: 8,
                "none, memory"
            )
        );
        _telemetry.EpochClosed(_run, 1, 1, 0.5, null);

        var exchange = Assert.Single(_collected.Named("exchange"));
        Assert.Equal("none, memory", exchange.GetTagItem("mmorleans.transport"));
    }

    [Fact]
    public void TransportsAreNamedOnceEachTheNearestFirst() =>
        Assert.Equal(
            [TransportNames.None, TransportNames.Memory, TransportNames.Calls, "pigeon"],
            TransportNames.InOrder([
                "pigeon",
                TransportNames.Calls,
                TransportNames.Memory,
                TransportNames.Calls,
                TransportNames.None,
            ])
        );
}
