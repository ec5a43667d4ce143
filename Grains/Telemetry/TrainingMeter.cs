using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Telemetry;

/// <summary>The instruments of one silo. Methods are named for what happened.</summary>
/// <remarks>
/// Whatever carries a run's id or a trainer's name is observed, not counted, where it can be: its series ends when the run ends. Names,
/// units and attributes are a contract with dashboards.
/// </remarks>
internal sealed class TrainingMeter : IDisposable
{
    /// <summary>
    /// An ended run is observed for so long: one export interval and a bit, so that the last numbers of a run that is shorter than an
    /// interval are exported once, at the latest by the flush at the process's end.
    /// </summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(20);

    // csharpier-ignore
    private static readonly double[] SecondsOfRounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    // csharpier-ignore
    private static readonly double[] SecondsOfFiles = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    // csharpier-ignore
    private static readonly double[] SecondsOfWaits = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600, 14400];

    private readonly Meter _meter = new(TelemetryNames.Meter);
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, LiveRun> _runs = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ended = new();
    private readonly ConcurrentDictionary<string, string> _statuses = new();
    private readonly ConcurrentDictionary<string, string> _trainers = new();
    private readonly ConcurrentDictionary<string, int> _queues = new();
    private readonly ConcurrentDictionary<string, long> _checkpointBytes = new();

    private readonly Histogram<double> _roundDuration;
    private readonly Histogram<double> _stageDuration;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _exchange;
    private readonly Counter<long> _images;
    private readonly Histogram<double> _checkpointDuration;
    private readonly Counter<long> _checkpointFailures;
    private readonly Counter<long> _membership;
    private readonly Histogram<double> _recovery;
    private readonly Counter<long> _mismatches;
    private readonly Counter<long> _runFailures;
    private readonly Histogram<double> _queueWait;
    private Func<IEnumerable<string>> _transports = () => [];

    public TrainingMeter(TimeProvider clock)
    {
        _clock = clock;
        _roundDuration = Seconds(
            "mmorleans.round.duration",
            SecondsOfRounds,
            "One round, as the trainer that leads it saw it."
        );
        _stageDuration = Seconds(
            "mmorleans.stage.duration",
            SecondsOfRounds,
            "One stage of one trainer's round."
        );
        _rounds = _meter.CreateCounter<long>("mmorleans.rounds", "{round}", "Rounds, by outcome.");
        _samples = _meter.CreateCounter<long>("mmorleans.samples", "{sample}", "Training images computed.");
        _exchange = _meter.CreateCounter<long>(
            "mmorleans.exchange.io",
            "By",
            "Bytes of blocks and averaged segments."
        );
        _images = _meter.CreateCounter<long>("mmorleans.dataset.images", "{image}", "Images read.");
        _checkpointDuration = Seconds(
            "mmorleans.checkpoint.duration",
            SecondsOfFiles,
            "One checkpoint operation."
        );
        _checkpointFailures = _meter.CreateCounter<long>(
            "mmorleans.checkpoint.failures",
            "{failure}",
            "Checkpoint operations that failed, by error code."
        );
        _membership = _meter.CreateCounter<long>(
            "mmorleans.membership.changes",
            "{change}",
            "Trainers that came or went."
        );
        _recovery = Seconds(
            "mmorleans.recovery.duration",
            SecondsOfWaits,
            "Time from the loss of a trainer to the next completed round."
        );
        _mismatches = _meter.CreateCounter<long>(
            "mmorleans.replica.mismatches",
            "{mismatch}",
            "Rounds begun from unequal states."
        );
        _runFailures = _meter.CreateCounter<long>(
            "mmorleans.run.failures",
            "{run}",
            "Runs that failed, by error code."
        );
        _queueWait = Seconds(
            "mmorleans.queue.wait",
            SecondsOfWaits,
            "Time from a run's submission until it gets its trainers."
        );

        _meter.CreateObservableUpDownCounter(
            "mmorleans.trainers",
            () => ByWord(_trainers, Tags.State),
            "{trainer}",
            "Trainers of this silo, by state."
        );
        _meter.CreateObservableGauge("mmorleans.runs", Statuses, "{run}", "Runs by status.");
        _meter.CreateObservableGauge(
            "mmorleans.transport.silos",
            Transports,
            "{silo}",
            "Other silos that this one has sent vectors to, by transport."
        );
        _meter.CreateObservableGauge(
            "mmorleans.dataset.queue",
            () => _queues.Select(queue => new Measurement<int>(queue.Value, Tag(Tags.Trainer, queue.Key))),
            "{batch}",
            "Batches that were ready before the round that needs them."
        );
        _meter.CreateObservableGauge(
            "mmorleans.checkpoint.size",
            () =>
                _checkpointBytes.Select(size => new Measurement<long>(
                    size.Value,
                    Tag(Tags.Operation, size.Key)
                )),
            "By",
            "Size of the newest checkpoint."
        );
        RunGauges.Create(_meter, Runs, clock);
    }

    /// <summary>
    /// The silo is up: what may happen has not happened yet. A counter whose first value is 1 has not risen for a query of rates, and
    /// so the first fault would be no fault.
    /// </summary>
    public void SiloStarted()
    {
        Array.ForEach(
            ["clean", "healed", "abandoned"],
            outcome => _rounds.Add(0, Tag(Tags.Outcome, outcome))
        );
        Array.ForEach(
            ["join", "drain", "crash", "suspect"],
            reason => _membership.Add(0, Tag(Tags.Reason, reason))
        );
        Array.ForEach(["ok", "skipped"], outcome => _images.Add(0, Tag(Tags.Outcome, outcome)));
        Array.ForEach(
            ["MM5001", "MM5003", "MM5004", "MM5005", "MM5006"],
            code => _checkpointFailures.Add(0, Tag(Tags.ErrorType, code))
        );
        _runFailures.Add(0, Tag(Tags.ErrorType, "MM4003"));
        _mismatches.Add(0);
    }

    /// <summary>Whether an instrument is one of this silo's; several may share a process.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void RoundClosed(string phase, TimeSpan elapsed) =>
        _roundDuration.Record(elapsed.TotalSeconds, Tag(Tags.Phase, phase));

    /// <param name="outcome"><c>clean</c>, <c>healed</c> or <c>abandoned</c>.</param>
    public void RoundEnded(string outcome) => _rounds.Add(1, Tag(Tags.Outcome, outcome));

    public void StagesEnded(string trainer, StageSeconds stages)
    {
        foreach (var (stage, seconds) in stages.Entered())
        {
            _stageDuration.Record(seconds, Tag(Tags.Stage, stage), Tag(Tags.Trainer, trainer));
        }
    }

    public void SamplesComputed(string phase, long samples) => _samples.Add(samples, Tag(Tags.Phase, phase));

    /// <param name="transport">One of <see cref="TransportNames"/>.</param>
    /// <param name="sent">Bytes of blocks.</param>
    /// <param name="received">Bytes of results.</param>
    public void Exchanged(string transport, long sent, long received)
    {
        _exchange.Add(sent, Tag(Tags.IoDirection, "transmit"), Tag(Tags.Transport, transport));
        _exchange.Add(received, Tag(Tags.IoDirection, "receive"), Tag(Tags.Transport, transport));
    }

    /// <summary>Where to read how vectors get to the other silos.</summary>
    /// <param name="read">The transport to each of them that vectors were sent to.</param>
    public void TransportsAreIn(Func<IEnumerable<string>> read) => _transports = read;

    public void ImagesRead(long images) => _images.Add(images, Tag(Tags.Outcome, "ok"));

    public void ImagesSkipped(long images) => _images.Add(images, Tag(Tags.Outcome, "skipped"));

    public void QueueIs(string trainer, int batches) => _queues[trainer] = batches;

    /// <param name="operation"><c>save</c>, <c>load</c> or <c>verify</c>.</param>
    /// <param name="elapsed">Time it took.</param>
    /// <param name="bytes">Size of the files.</param>
    public void CheckpointDone(string operation, TimeSpan elapsed, long bytes)
    {
        _checkpointDuration.Record(elapsed.TotalSeconds, Tag(Tags.Operation, operation));
        _checkpointBytes[operation] = bytes;
    }

    public void CheckpointFailed(string code) => _checkpointFailures.Add(1, Tag(Tags.ErrorType, code));

    /// <param name="trainer">The trainer.</param>
    /// <param name="state"><c>idle</c>, <c>working</c>, <c>draining</c> or <c>quarantined</c>.</param>
    public void TrainerIs(string trainer, string state) => _trainers[trainer] = state;

    /// <summary>Its series end.</summary>
    public void TrainerGone(string trainer)
    {
        _trainers.TryRemove(trainer, out _);
        _queues.TryRemove(trainer, out _);
    }

    /// <param name="reason"><c>join</c>, <c>drain</c>, <c>crash</c> or <c>suspect</c>.</param>
    public void MembershipChanged(string reason) => _membership.Add(1, Tag(Tags.Reason, reason));

    public void Recovered(string reason, TimeSpan elapsed) =>
        _recovery.Record(elapsed.TotalSeconds, Tag(Tags.Reason, reason));

    public void ReplicasDiffered() => _mismatches.Add(1);

    public void RunStatusIs(string run, string status) => _statuses[run] = status;

    public void RunFailed(string code) => _runFailures.Add(1, Tag(Tags.ErrorType, code));

    public void RunLeftQueue(TimeSpan waited) => _queueWait.Record(waited.TotalSeconds);

    public void RunMoved(string id, LiveRun run)
    {
        RunComes(id);
        _runs[id] = run;
    }

    /// <summary>Its series end, after the <see cref="Afterglow"/>.</summary>
    public void RunGone(string run)
    {
        Forget();
        _ended[run] = _clock.GetUtcNow();
    }

    /// <summary>A run begins, or begins again.</summary>
    public void RunComes(string run) => _ended.TryRemove(run, out _);

    public void Dispose() => _meter.Dispose();

    /// <summary>Forgets runs that ended a while ago.</summary>
    private void Forget()
    {
        var limit = _clock.GetUtcNow() - Afterglow;
        foreach (var (run, ended) in _ended)
        {
            if (ended < limit && _ended.TryRemove(new(run, ended)))
            {
                _runs.TryRemove(run, out _);
                _statuses.TryRemove(run, out _);
            }
        }
    }

    private IEnumerable<KeyValuePair<string, LiveRun>> Runs()
    {
        Forget();
        return _runs;
    }

    private IEnumerable<Measurement<long>> Statuses()
    {
        Forget();
        return ByWord(_statuses, Tags.Status);
    }

    private IEnumerable<Measurement<int>> Transports()
    {
        var used = _transports().ToList();
        return TransportNames
            .InOrder(TransportNames.BetweenSilos.Concat(used)) // one that nobody uses is 0
            .Select(transport => new Measurement<int>(
                used.Count(other => other == transport),
                Tag(Tags.Transport, transport)
            ));
    }

    private static IEnumerable<Measurement<long>> ByWord(
        ConcurrentDictionary<string, string> words,
        string tag
    ) =>
        words
            .CountBy(word => word.Value)
            .Select(count => new Measurement<long>(count.Value, Tag(tag, count.Key)));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private Histogram<double> Seconds(string name, double[] boundaries, string description) =>
        _meter.CreateHistogram(
            name,
            "s",
            description,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries }
        );
}
