using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>The spans of one run in this process: a trace per epoch, of at most some five hundred spans.</summary>
/// <remarks>
/// A round's spans are made when the next round closes: only then it is known whether it was slow, and every trainer of this process has
/// told its part, for it could not have contributed to the next one otherwise.
/// </remarks>
internal sealed class RunTrace(
    ActivitySource source,
    string run,
    TraceChoice choice,
    int every,
    Action<string, TimeSpan> roundClosed
)
{
    /// <summary>A trace that is this long takes no more slow rounds; failed ones always.</summary>
    private const int SpansPerTrace = 400;

    private readonly Lock _gate = new();
    private readonly RoundSampling _sampling = new(choice, every);
    private readonly SortedDictionary<long, List<TrainerRound>> _open = [];
    private readonly Dictionary<int, ActivityContext> _epochs = [];
    private Activity? _epoch;
    private Activity? _train;
    private int _epochNumber = -1;
    private int _spans;

    /// <summary>The run's start in this process; default when that is elsewhere or nobody listens.</summary>
    public ActivityContext Start { get; private set; }

    public void Started(ActivityContext start) => Start = start;

    public void RoundDone(TrainerRound round)
    {
        lock (_gate)
        {
            if (round.Leads)
            {
                CloseRounds(round.Round);
                OpenEpoch(round);
            }

            if (!_open.TryGetValue(round.Round, out var parts))
            {
                _open[round.Round] = parts = [];
            }

            parts.Add(round);
        }
    }

    public void RoundAbandoned(
        int epoch,
        long round,
        string reason,
        DateTimeOffset started,
        DateTimeOffset ended
    )
    {
        lock (_gate)
        {
            if (choice == TraceChoice.None)
            {
                return;
            }

            var parent = _epochNumber == epoch ? _train.ContextOrNone() : Start;
            if (Span("round", parent, started) is { } span)
            {
                span.SetTag(Tags.Round, round).SetTag(Tags.Outcome, "abandoned").SetTag(Tags.Reason, reason);
                span.End(ended, reason);
            }
        }
    }

    public void Evaluated(
        DateTimeOffset started,
        DateTimeOffset ended,
        long images,
        double loss,
        double accuracy
    )
    {
        lock (_gate)
        {
            CloseRounds(long.MaxValue);
            EndTrain(started);
            if (_epoch is not null && Span("evaluate", _epoch.Context, started) is { } span)
            {
                span.SetTag(Tags.Images, images).SetTag(Tags.Loss, loss).SetTag(Tags.Accuracy, accuracy);
                span.End(ended);
            }
        }
    }

    /// <param name="name"><c>checkpoint.save</c>, <c>recover</c>, <c>checkpoint.load</c>, <c>dataset.open</c> or <c>device.init</c>.</param>
    /// <param name="started">Its start.</param>
    /// <param name="ended">Its end.</param>
    /// <param name="errorCode">Null when it went well.</param>
    /// <param name="tags">What belongs to it.</param>
    public void Happened(
        string name,
        DateTimeOffset started,
        DateTimeOffset ended,
        string? errorCode,
        params ReadOnlySpan<KeyValuePair<string, object?>> tags
    )
    {
        lock (_gate)
        {
            if (choice == TraceChoice.None)
            {
                return;
            }

            if (Span(name, _epoch?.Context ?? LastEpoch(), started) is { } span)
            {
                foreach (var (key, value) in tags)
                {
                    span.SetTag(key, value);
                }

                span.End(ended, errorCode);
            }
        }
    }

    public void EpochClosed(DateTimeOffset ended, int rounds, double loss, double? accuracy)
    {
        lock (_gate)
        {
            CloseRounds(long.MaxValue);
            _epoch?.SetTag(Tags.Rounds, rounds).SetTag(Tags.Loss, loss);
            if (accuracy is not null)
            {
                _epoch?.SetTag(Tags.Accuracy, accuracy);
            }

            EndEpoch(ended, null);
        }
    }

    public void Ended(DateTimeOffset ended, string? errorCode)
    {
        lock (_gate)
        {
            CloseRounds(long.MaxValue);
            EndEpoch(ended, errorCode);
        }
    }

    private ActivityContext LastEpoch() => _epochs.GetValueOrDefault(_epochNumber, Start);

    private void OpenEpoch(TrainerRound round)
    {
        if (_epochNumber == round.Epoch && _epoch is not null)
        {
            return;
        }

        EndEpoch(round.Started, null);
        _epochNumber = round.Epoch;
        _spans = 0;
        if (choice == TraceChoice.None)
        {
            return;
        }

        // A second trace of the same epoch repeats it after a fault or a resumption, and says so.
        _epoch = source.Begin(
            "epoch",
            default,
            round.Started,
            [Start, _epochs.GetValueOrDefault(round.Epoch)]
        );
        _epoch?.SetTag(Tags.Run, run).SetTag(Tags.Epoch, round.Epoch + 1).SetTag(Tags.Phase, round.Phase);
        _train = _epoch is null ? null : Span("train", _epoch.Context, round.Started);
        if (_epoch is not null)
        {
            _epochs[round.Epoch] = _epoch.Context;
        }
    }

    private void EndTrain(DateTimeOffset ended)
    {
        _train?.End(ended);
        _train = null;
    }

    private void EndEpoch(DateTimeOffset ended, string? errorCode)
    {
        EndTrain(ended);
        _epoch?.End(ended, errorCode);
        _epoch = null;
    }

    private void CloseRounds(long before)
    {
        while (_open.Count > 0 && _open.First() is var (number, parts) && number < before)
        {
            _open.Remove(number);
            Close(parts);
        }
    }

    private void Close(List<TrainerRound> parts)
    {
        var round = parts.Find(part => part.Leads) ?? parts[0];
        var healed = parts.Exists(part => part.Healed);
        var (keep, reason) = _sampling.Decide(round.RoundOfEpoch, round.Elapsed, healed);
        var span =
            keep && _train is not null && (healed || _spans < SpansPerTrace)
                ? Span("round", _train.Context, round.Started)
                : null;
        var ambient = Activity.Current;
        Activity.Current = span ?? ambient; // the duration's exemplar leads to this span
        roundClosed(round.Phase, round.Elapsed);
        Activity.Current = ambient;
        if (span is null)
        {
            return;
        }

        span.SetTag(Tags.Round, round.Round)
            .SetTag(Tags.Phase, round.Phase)
            .SetTag(Tags.Outcome, healed ? "healed" : "clean")
            .SetTag(Tags.Reason, reason)
            .SetTag(Tags.SlowestTrainer, parts.MaxBy(part => part.Stages.Own)!.Trainer);
        foreach (var part in parts)
        {
            Compute(span.Context, part);
        }

        span.End(parts.Max(part => part.Ended));
    }

    private void Compute(ActivityContext parent, TrainerRound part)
    {
        if (Span("compute", parent, part.Started) is not { } span)
        {
            return;
        }

        span.SetTag(Tags.Trainer, part.Trainer)
            .SetTag(Tags.Device, part.Device)
            .SetTag(Tags.Samples, part.Samples);
        // Stages of several slots alternate; their sums are shown one after the other.
        var from = part.Started;
        foreach (var (stage, seconds) in part.Stages.Entered())
        {
            var to = from + TimeSpan.FromSeconds(seconds);
            Span(stage, span.Context, from)?.End(to);
            from = to;
        }

        span.End(part.Ended);
    }

    private Activity? Span(string name, ActivityContext parent, DateTimeOffset start)
    {
        _spans++;
        var span = source.Begin(name, parent, start);
        span?.SetTag(Tags.Run, run);
        return span;
    }
}
