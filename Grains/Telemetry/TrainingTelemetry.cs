using System.Collections.Concurrent;
using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>What the grains of a silo tell the outside: say what happened, and metrics and spans follow.</summary>
/// <remarks>Never throws for want of a listener, never waits; with nobody listening a round costs a list entry.</remarks>
internal sealed class TrainingTelemetry(TimeProvider clock) : IDisposable
{
    private const int TraceEvery = 50;

    private readonly ActivitySource _source = new(TelemetryNames.ActivitySource);
    private readonly ConcurrentDictionary<string, RunTrace> _traces = new();

    /// <summary>Events that are numbers only: trainers, queues, exchange, memory.</summary>
    public TrainingMeter Meter { get; } = new();

    /// <summary>A run begins in this process, as far as spans go. Repeating it changes nothing.</summary>
    /// <param name="run">The run.</param>
    /// <param name="traces"><c>none</c>, <c>sampled</c> or <c>all</c>.</param>
    /// <param name="every">Of a sample: every so many rounds, 1 or more.</param>
    public void RunOpened(string run, string traces, int every) =>
        _traces.GetOrAdd(
            run,
            id =>
                Trace(
                    id,
                    traces switch
                    {
                        "none" => TraceChoice.None,
                        "all" => TraceChoice.All,
                        _ => TraceChoice.Sampled,
                    },
                    every
                )
        );

    /// <summary>A run starts or goes on: a span of its own, exported at once, that everything later links to.</summary>
    /// <param name="run">The run.</param>
    /// <param name="method">Such as <c>mm-drw</c>.</param>
    /// <param name="dataset">Such as <c>cifar10</c>.</param>
    /// <param name="model">Such as <c>resnet32</c>.</param>
    /// <param name="trainers">How many it starts with.</param>
    /// <param name="submit">The client's span; default for none.</param>
    public void RunStarted(
        string run,
        string method,
        string dataset,
        string model,
        int trainers,
        ActivityContext submit = default
    )
    {
        var now = clock.GetUtcNow();
        if (_source.Begin("run.start", submit, now) is { } span)
        {
            span.SetTag(Tags.Run, run)
                .SetTag(Tags.Method, method)
                .SetTag(Tags.Dataset, dataset)
                .SetTag(Tags.Model, model)
                .SetTag(Tags.Trainers, trainers);
            Of(run).Started(span.Context);
            span.End(clock.GetUtcNow());
        }
    }

    /// <summary>A run's status, in the words of <c>run.json</c>.</summary>
    public void RunStatusChanged(string run, string status) => Meter.RunStatusIs(run, status);

    /// <summary>A live run's newest numbers.</summary>
    public void RunProgressed(string run, RunReading reading) => Meter.RunReads(run, reading);

    /// <summary>A run ended: its gauges disappear.</summary>
    /// <param name="run">The run.</param>
    /// <param name="status"><c>finished</c>, <c>stopped</c> or <c>failed</c>.</param>
    /// <param name="errorCode">Null unless it failed.</param>
    /// <param name="bestAccuracy">Null when it was never evaluated.</param>
    public void RunEnded(string run, string status, string? errorCode, double? bestAccuracy)
    {
        Meter.RunGone(run);
        var start = _traces.TryGetValue(run, out var trace) ? trace.Start : default;
        RunLeft(run, errorCode);
        var now = clock.GetUtcNow();
        if (_source.Begin("run.end", default, now, [start]) is { } span)
        {
            span.SetTag(Tags.Run, run).SetTag(Tags.Status, status).SetTag(Tags.Accuracy, bestAccuracy);
            span.End(clock.GetUtcNow(), errorCode);
        }
    }

    /// <summary>No trainer of this process works on the run any more; its open spans end.</summary>
    public void RunLeft(string run, string? errorCode = null)
    {
        if (_traces.TryRemove(run, out var trace))
        {
            trace.Ended(clock.GetUtcNow(), errorCode);
        }
    }

    /// <summary>A trainer has applied a round. Every trainer tells every round once.</summary>
    public void RoundClosed(TrainerRound round)
    {
        Meter.StagesEnded(round.Trainer, round.Stages);
        Meter.SamplesComputed(round.Phase, round.Samples);
        if (round.Leads)
        {
            Meter.RoundEnded(round.Healed ? "healed" : "clean");
        }

        Of(round.Run).RoundDone(round);
    }

    /// <summary>A round was given up and will be computed again, or never.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="round">The round.</param>
    /// <param name="reason">A short word or an error code.</param>
    /// <param name="started">When it was begun.</param>
    public void RoundAbandoned(string run, int epoch, long round, string reason, DateTimeOffset started)
    {
        Meter.RoundEnded("abandoned");
        Of(run).RoundAbandoned(epoch, round, reason, started, clock.GetUtcNow());
    }

    /// <summary>An epoch was evaluated; told by the trainer that leads, before <see cref="EpochClosed"/>.</summary>
    public void Evaluated(string run, DateTimeOffset started, long images, double loss, double accuracy) =>
        Of(run).Evaluated(started, clock.GetUtcNow(), images, loss, accuracy);

    /// <summary>An epoch is over; told by the trainer that leads.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rounds">Rounds of the epoch.</param>
    /// <param name="loss">Training loss.</param>
    /// <param name="accuracy">Test accuracy; null when it was not evaluated.</param>
    public void EpochClosed(string run, int rounds, double loss, double? accuracy) =>
        Of(run).EpochClosed(clock.GetUtcNow(), rounds, loss, accuracy);

    /// <summary>A checkpoint is on the disk.</summary>
    public void CheckpointSaved(string run, DateTimeOffset started, long bytes) =>
        CheckpointDone(run, "save", started, bytes);

    /// <summary>A checkpoint was read.</summary>
    public void CheckpointLoaded(string run, DateTimeOffset started, long bytes) =>
        CheckpointDone(run, "load", started, bytes);

    /// <summary>A checkpoint could not be written or read.</summary>
    /// <param name="run">The run.</param>
    /// <param name="operation"><c>save</c>, <c>load</c> or <c>verify</c>.</param>
    /// <param name="started">When it was begun.</param>
    /// <param name="code">Such as <c>MM5003</c>.</param>
    public void CheckpointFailed(string run, string operation, DateTimeOffset started, string code)
    {
        Meter.CheckpointFailed(code);
        Of(run).Happened($"checkpoint.{operation}", started, clock.GetUtcNow(), code);
    }

    /// <summary>Slots of a lost trainer have been computed by others and the round has closed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason"><c>drain</c>, <c>crash</c> or <c>suspect</c>.</param>
    /// <param name="trainer">Who was lost.</param>
    /// <param name="slots">Slots that moved.</param>
    /// <param name="started">When the loss was noticed.</param>
    public void Recovered(string run, string reason, string trainer, int slots, DateTimeOffset started)
    {
        var now = clock.GetUtcNow();
        Meter.Recovered(reason, now - started);
        Of(run)
            .Happened(
                "recover",
                started,
                now,
                null,
                new(Tags.Reason, reason),
                new(Tags.Trainer, trainer),
                new(Tags.Slots, slots)
            );
    }

    /// <summary>Images are open for a run.</summary>
    public void DatasetOpened(string run, DateTimeOffset started, long images) =>
        Of(run)
            .Happened(
                "dataset.open",
                started,
                clock.GetUtcNow(),
                null,
                new KeyValuePair<string, object?>(Tags.Images, images)
            );

    /// <summary>A device has built its network.</summary>
    public void DeviceReady(string run, string trainer, string device, DateTimeOffset started) =>
        Of(run)
            .Happened(
                "device.init",
                started,
                clock.GetUtcNow(),
                null,
                new(Tags.Trainer, trainer),
                new(Tags.Device, device)
            );

    public void Dispose()
    {
        _source.Dispose();
        Meter.Dispose();
    }

    private void CheckpointDone(string run, string operation, DateTimeOffset started, long bytes)
    {
        var now = clock.GetUtcNow();
        Meter.CheckpointDone(operation, now - started, bytes);
        Of(run)
            .Happened(
                $"checkpoint.{operation}",
                started,
                now,
                null,
                new KeyValuePair<string, object?>(Tags.Bytes, bytes)
            );
    }

    private RunTrace Of(string run) =>
        _traces.GetOrAdd(run, id => Trace(id, TraceChoice.Sampled, TraceEvery));

    private RunTrace Trace(string run, TraceChoice choice, int every) =>
        new(_source, run, choice, every, Meter.RoundClosed);
}
