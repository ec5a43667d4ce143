using System.Collections.Concurrent;
using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>What the grains of a silo tell the outside: say what happened, and metrics and spans follow.</summary>
/// <remarks>
/// Never throws for want of a listener, never waits; with nobody listening a round costs a list entry. Of a run that nobody in this
/// process holds (see <see cref="RunOpened"/>) there are numbers and no spans.
/// </remarks>
internal sealed class TrainingTelemetry(TimeProvider clock, RunsHere runs) : IRunSpans, IDisposable
{
    private readonly ActivitySource _source = new(TelemetryNames.ActivitySource);
    private readonly ConcurrentDictionary<string, RunTrace> _traces = new();
    private readonly Lock _holding = new();

    /// <summary>Events that are numbers only: trainers, queues, exchange, memory.</summary>
    public TrainingMeter Meter { get; } = new(clock);

    /// <summary>Somebody in this process, a trainer or the run itself, begins to work on a run; <see cref="RunLeft"/> ends it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="traces"><c>none</c>, <c>sampled</c> or <c>all</c>.</param>
    /// <param name="every">Of a sample: every so many rounds, 1 or more.</param>
    /// <param name="start">The span of the run's start as <see cref="TraceOf"/> gave it, in whichever process; null for none.</param>
    public void RunOpened(string run, string traces, int every, string? start = null)
    {
        var choice = traces switch
        {
            "none" => TraceChoice.None,
            "all" => TraceChoice.All,
            _ => TraceChoice.Sampled,
        };
        runs.Enter(run);
        lock (_holding)
        {
            _traces
                .GetOrAdd(run, id => new(_source, id, choice, every, RoundIsClosed))
                .Held(TraceText.Read(start));
        }
    }

    /// <summary>A run starts or goes on: a span of its own, exported at once, that everything later links to.</summary>
    /// <param name="run">The run, opened.</param>
    /// <param name="asked">When it was asked for.</param>
    /// <param name="method">Such as <c>mm-drw</c>.</param>
    /// <param name="dataset">Such as <c>cifar10</c>.</param>
    /// <param name="model">Such as <c>resnet32</c>.</param>
    /// <param name="trainers">How many it starts with.</param>
    /// <param name="submit">The client's span as it was sent; null for none.</param>
    public void RunStarted(
        string run,
        DateTimeOffset asked,
        string method,
        string dataset,
        string model,
        int trainers,
        string? submit = null
    )
    {
        var now = clock.GetUtcNow();
        Meter.RunComes(run);
        Meter.RunLeftQueue(now - asked);
        if (Of(run) is { IsWanted: true } trace)
        {
            var span = _source.Begin("run.start", TraceText.Read(submit), asked);
            span?.SetTag(Tags.Run, run)
                .SetTag(Tags.Method, method)
                .SetTag(Tags.Dataset, dataset)
                .SetTag(Tags.Model, model)
                .SetTag(Tags.Trainers, trainers);
            trace.Started(span.ContextOrNone());
            span?.End(now);
        }
    }

    /// <summary>The span of a run's start, to be carried to other processes; null when there is none.</summary>
    public string? TraceOf(string run) => Of(run) is { } trace ? TraceText.Of(trace.Start) : null;

    /// <inheritdoc/>
    public ActivityContext SpanOf(string run) => Of(run)?.Current ?? default;

    /// <summary>A run's status, in the words of <c>run.json</c>.</summary>
    public void RunStatusChanged(string run, string status) => Meter.RunStatusIs(run, status);

    /// <summary>A live run's newest numbers.</summary>
    public void RunProgressed(string run, LiveRun numbers) => Meter.RunMoved(run, numbers);

    /// <summary>A run ended: its spans end, and its gauges disappear.</summary>
    /// <param name="run">The run.</param>
    /// <param name="status"><c>finished</c>, <c>stopped</c> or <c>failed</c>.</param>
    /// <param name="errorCode">Null unless it failed.</param>
    /// <param name="bestAccuracy">Null when it was never evaluated.</param>
    /// <param name="isTraced">Whether the run asks for spans.</param>
    public void RunEnded(string run, string status, string? errorCode, double? bestAccuracy, bool isTraced)
    {
        Meter.RunGone(run);
        if (errorCode is not null)
        {
            Meter.RunFailed(errorCode);
        }

        var now = clock.GetUtcNow();
        var trace = Of(run);
        trace?.Ended(now, errorCode);
        if (isTraced && _source.Begin("run.end", default, now, [trace?.Start ?? default]) is { } span)
        {
            span.SetTag(Tags.Run, run).SetTag(Tags.Status, status).SetTag(Tags.Accuracy, bestAccuracy);
            span.End(clock.GetUtcNow(), errorCode);
        }
    }

    /// <summary>The run is told from another silo from now on.</summary>
    public void RunMoved(string run) => Meter.RunGone(run);

    /// <summary>Nothing more will be told in this process.</summary>
    public void SiloStopped()
    {
        foreach (var trace in _traces.Values)
        {
            trace.Ended(clock.GetUtcNow(), null);
        }
    }

    /// <summary>Somebody has let go of the run; with the last one its open spans end.</summary>
    public void RunLeft(string run)
    {
        lock (_holding)
        {
            if (Of(run) is { } trace && trace.IsLetGo())
            {
                trace.Ended(clock.GetUtcNow(), null);
                _traces.TryRemove(run, out _);
            }
        }

        runs.Leave(run);
    }

    /// <summary>A trainer has applied a round. Every trainer tells every round once.</summary>
    public void RoundClosed(TrainerRound round)
    {
        Meter.StagesEnded(round.Trainer, round.Stages);
        if (round.Samples > 0)
        {
            Meter.SamplesComputed(round.Phase, round.Samples);
        }

        Of(round.Run)?.RoundDone(round);
    }

    /// <summary>A round was given up and will be computed again, or never.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="phase">The epoch's: <c>pretraining</c>, <c>main</c> or <c>deferred</c>.</param>
    /// <param name="round">The round.</param>
    /// <param name="reason"><c>stop</c>, or an error code.</param>
    /// <param name="isFault">Whether that is a fault.</param>
    /// <param name="started">When it was begun.</param>
    public void RoundAbandoned(
        string run,
        int epoch,
        string phase,
        long round,
        string reason,
        bool isFault,
        DateTimeOffset started
    )
    {
        if (Of(run)?.RoundAbandoned(epoch, phase, round, reason, isFault, started, clock.GetUtcNow()) == true)
        {
            Meter.RoundEnded("abandoned");
        }
    }

    /// <summary>An epoch was evaluated; told by the trainer that leads, before <see cref="EpochClosed"/>.</summary>
    public void Evaluated(string run, DateTimeOffset started, long images, double loss, double accuracy) =>
        Of(run)?.Evaluated(started, clock.GetUtcNow(), images, loss, accuracy);

    /// <summary>An epoch is over; told by the trainer that leads.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rounds">Rounds of the epoch.</param>
    /// <param name="images">Training images that contributed.</param>
    /// <param name="loss">Training loss.</param>
    /// <param name="accuracy">Test accuracy; null when it was not evaluated.</param>
    public void EpochClosed(string run, int rounds, long images, double loss, double? accuracy) =>
        Of(run)?.EpochClosed(clock.GetUtcNow(), rounds, images, loss, accuracy);

    /// <summary>A checkpoint is on the disk.</summary>
    public void CheckpointSaved(string run, DateTimeOffset started, long bytes)
    {
        var now = clock.GetUtcNow();
        Meter.CheckpointDone("save", now - started, bytes);
        Of(run)?.Happened("checkpoint.save", started, now, null, Tag(Tags.Bytes, bytes));
    }

    /// <summary>A checkpoint could not be written.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">When it was begun.</param>
    /// <param name="code">Such as <c>MM5003</c>.</param>
    public void CheckpointUnsaved(string run, DateTimeOffset started, string code)
    {
        Meter.CheckpointFailed(code);
        Of(run)?.Happened("checkpoint.save", started, clock.GetUtcNow(), code);
    }

    /// <summary>A checkpoint was read.</summary>
    public void CheckpointLoaded(string run, DateTimeOffset started, long bytes)
    {
        var now = clock.GetUtcNow();
        Meter.CheckpointDone("load", now - started, bytes);
        Of(run)?.Prepared("checkpoint.load", started, now, null, Tag(Tags.Bytes, bytes));
    }

    /// <summary>Checkpoints were looked through for an intact one.</summary>
    /// <param name="started">When that began.</param>
    /// <param name="bytes">Size of the one that was found; null for none.</param>
    /// <param name="damaged">How many were passed over.</param>
    public void CheckpointsVerified(DateTimeOffset started, long? bytes, int damaged)
    {
        if (bytes is { } size)
        {
            Meter.CheckpointDone("verify", clock.GetUtcNow() - started, size);
        }

        for (var i = 0; i < damaged; i++)
        {
            Meter.CheckpointFailed("MM5001");
        }
    }

    /// <summary>Slots of a lost trainer have been computed by others and the round has closed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason"><c>drain</c>, <c>crash</c> or <c>suspect</c>.</param>
    /// <param name="silo">Whose trainer was lost.</param>
    /// <param name="trainer">Who was lost.</param>
    /// <param name="slots">Slots that moved.</param>
    /// <param name="took">Time since the loss was noticed.</param>
    public void Recovered(string run, string reason, string silo, string trainer, int slots, TimeSpan took)
    {
        var now = clock.GetUtcNow();
        Meter.Recovered(reason, took);
        Of(run)
            ?.Recovered(
                now - took,
                now,
                Tag(Tags.Reason, reason),
                Tag(Tags.Silo, silo),
                Tag(Tags.Trainer, trainer),
                Tag(Tags.Slots, slots)
            );
    }

    /// <summary>Images were opened for a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">When that began.</param>
    /// <param name="ended">When they were open.</param>
    /// <param name="images">How many there are.</param>
    /// <param name="skipped">How many cannot be read and are left out.</param>
    public void DatasetOpened(
        string run,
        DateTimeOffset started,
        DateTimeOffset ended,
        long images,
        long skipped
    )
    {
        Meter.ImagesSkipped(skipped);
        Of(run)?.Prepared("dataset.open", started, ended, null, Tag(Tags.Images, images));
    }

    /// <summary>A device has built its network.</summary>
    public void DeviceReady(string run, string trainer, string device, DateTimeOffset started) =>
        Of(run)
            ?.Prepared(
                "device.init",
                started,
                clock.GetUtcNow(),
                null,
                Tag(Tags.Trainer, trainer),
                Tag(Tags.Device, device)
            );

    public void Dispose()
    {
        _source.Dispose();
        Meter.Dispose();
    }

    private void RoundIsClosed(string phase, TimeSpan elapsed, bool healed)
    {
        Meter.RoundClosed(phase, elapsed);
        Meter.RoundEnded(healed ? "healed" : "clean");
    }

    private RunTrace? Of(string run) => _traces.GetValueOrDefault(run);

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
