using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using MMOrleans.Grains.Telemetry;
using Xunit;

namespace MMOrleans.Grains.Tests.Telemetry;

public sealed partial class TelemetryNamesTests
{
    [Fact]
    public void EveryInstrumentHasOurPrefixAndAUnitThatPrometheusKnows()
    {
        var instruments = new List<Instrument>();
        using var meter = new TrainingMeter(TimeProvider.System);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (meter.Owns(instrument))
                {
                    instruments.Add(instrument);
                }
            },
        };
        listener.Start();

        Assert.NotEmpty(instruments);
        Assert.All(instruments, instrument => Assert.Matches(Name(), instrument.Name));
        Assert.All(
            instruments,
            instrument =>
                Assert.True(
                    instrument.Unit is null or "s" or "By" || instrument.Unit.StartsWith('{'),
                    $"{instrument.Name} is in {instrument.Unit}"
                )
        );
        Assert.All(
            instruments.Where(instrument => instrument is Histogram<double>),
            instrument => Assert.NotEmpty(((Histogram<double>)instrument).Advice!.HistogramBucketBoundaries!)
        );
    }

    [GeneratedRegex(@"^mmorleans\.[a-z_]+(\.[a-z_]+)*$")]
    private static partial Regex Name();
}
