using System.Diagnostics;
using System.Diagnostics.Metrics;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Tests.Telemetry;

/// <summary>Everything that one telemetry object says, apart from those of other tests in the process.</summary>
internal sealed class Collected : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities = new();
    private readonly Lock _gate = new();
    private readonly string _run;

    /// <param name="run">Only spans of this run are kept: listeners hear the sources of all tests.</param>
    /// <param name="meter">Only its measurements are kept.</param>
    public Collected(string run, TrainingMeter meter)
    {
        _run = run;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (meter.Owns(instrument))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        _meters.SetMeasurementEventCallback<int>((i, value, tags, _) => Note(i, value, tags));
        _meters.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        _meters.Start();

        _activities.ShouldListenTo = source => source.Name == TelemetryNames.ActivitySource;
        _activities.Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            ActivitySamplingResult.AllDataAndRecorded;
        _activities.ActivityStopped = activity =>
        {
            lock (_gate)
            {
                if ((string?)activity.GetTagItem("mmorleans.run.id") == _run)
                {
                    Spans.Add(activity);
                }
            }
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public List<(string Name, double Value, string Tags)> Measurements { get; } = [];

    public List<Activity> Spans { get; } = [];

    public List<Activity> Named(string name) => [.. Spans.Where(span => span.OperationName == name)];

    /// <summary>Values of one instrument, each with its attributes as <c>name=value</c>.</summary>
    public List<(double Value, string Tags)> Of(string name) =>
        [.. Measurements.Where(m => m.Name == name).Select(m => (m.Value, m.Tags))];

    /// <summary>What a scrape would show now of the observable instruments.</summary>
    public List<(double Value, string Tags)> Scrape(string name)
    {
        Measurements.Clear();
        _meters.RecordObservableInstruments();
        return Of(name);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        lock (_gate)
        {
            Measurements.Add((instrument.Name, value, text));
        }
    }
}
