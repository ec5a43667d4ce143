using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>The spans of one run in this process: a trace per epoch, of at most some five hundred spans each.</summary>
/// <remarks>
/// A round's spans are made when the next round closes: only then it is known whether it was slow, and every trainer of this process has
/// told its part, for it could not have contributed to the next one otherwise. Rounds are told by the process of the trainer that leads;
/// the parts of trainers in other processes are in their metrics only.
/// </remarks>
internal sealed class RunTrace(
    ActivitySource source,
    string run,
    TraceChoice choice,
    int every,
    Action<string, TimeSpan, bool> roundClosed
)
{
    /// <summary>A trace that is this long takes no more slow rounds; failed ones always.</summary>
    private const int SpansPerTrace = 400;

    private readonly Lock _gate = new();
    private readonly RoundSampling _sampling = new(choice, every);
    private readonly SortedDictionary<long, List<TrainerRound>> _open = [];
    private readonly Dictionary<int, ActivityContext> _epochs = [];
    private int _holders;
    private Activity? _epoch;
    private Activity? _train;
    private DateTimeOffset? _trainEnded;
    private ActivityContext _healed;
    private int _epochNumber = -1;
    private long _lastLed = -1;
    private long _closedThrough = -1;
    private long _abandoned = -1;
    private int _spans;

    /// <summary>The run's start; default when it is not known here or nobody listens.</summary>
    public ActivityContext Start { get; private set; }

    /// <summary>The span that is open now: the epoch's, or where none is open here the run's start.</summary>
    public ActivityContext Current
    {
        get
        {
            lock (_gate)
            {
                return _epoch?.Context ?? Start;
            }
        }
    }

    /// <summary>Whether the run asks for spans at all.</summary>
    public bool IsWanted => choice != TraceChoice.None;

    /// <summary>Somebody in this process begins to work on the run.</summary>
    public void Held(ActivityContext start)
    {
        lock (_gate)
        {
            _holders++;
            if (Start == default)
            {
                Start = start;
            }
        }
    }

    /// <summary>Somebody has let go of the run.</summary>
    /// <returns>Whether nobody is left.</returns>
    public bool IsLetGo()
    {
        lock (_gate)
        {
            return --_holders <= 0;
        }
    }

    /// <summary>The run starts, or goes on from a checkpoint: its rounds may be counted from an earlier one.</summary>
    public void Started(ActivityContext start)
    {
        lock (_gate)
        {
            Start = start;
            (_lastLed, _closedThrough, _abandoned) = (-1, -1, -1);
        }
    }

    public void RoundDone(TrainerRound round)
    {
        lock (_gate)
        {
            if (round.Leads)
            {
                _closedThrough = Math.Min(_closedThrough, round.Round - 1); // a lead that comes again computes them again
                _lastLed = round.Round;
                CloseRounds(round.Round);
                OpenEpoch(round.Epoch, round.Phase, round.Started);
            }
            else if (round.Round <= _closedThrough)
            {
                return; // told after its round was closed: its metrics are counted, its spans have no parent any more
            }

            if (!_open.TryGetValue(round.Round, out var parts))
            {
                _open[round.Round] = parts = [];
            }

            parts.Add(round);
            // Two rounds behind its followers it would have led one of them: it leads no longer, or in another process.
            if (!round.Leads && round.Round > _lastLed + 1)
            {
                CloseRounds(round.Round - 1);
                EndEpoch(round.Started, null);
            }
        }
    }

    /// <returns>Whether it had not been told before, by another trainer of this process.</returns>
    public bool RoundAbandoned(
        int epoch,
        string phase,
        long round,
        string reason,
        bool isFault,
        DateTimeOffset started,
        DateTimeOffset ended
    )
    {
        lock (_gate)
        {
            if (round == _abandoned)
            {
                return false;
            }

            _abandoned = round;
            CloseRounds(round);
            if (!IsWanted)
            {
                return true;
            }

            OpenEpoch(epoch, phase, started); // it may be the first of its epoch
            if (_train is not null && Span("round", _train.Context, started) is { } span)
            {
                span.SetTag(Tags.Round, round).SetTag(Tags.Outcome, "abandoned").SetTag(Tags.Reason, reason);
                span.End(ended, isFault ? reason : null);
            }

            return true;
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
            _trainEnded = started;
            if (_epoch is not null && Span("evaluate", _epoch.Context, started) is { } span)
            {
                span.SetTag(Tags.Images, images).SetTag(Tags.Loss, loss).SetTag(Tags.Accuracy, accuracy);
                span.End(ended);
            }
        }
    }

    /// <summary>Something of the run's beginning: under its start.</summary>
    public void Prepared(
        string name,
        DateTimeOffset started,
        DateTimeOffset ended,
        string? errorCode,
        params ReadOnlySpan<KeyValuePair<string, object?>> tags
    )
    {
        lock (_gate)
        {
            Tell(name, Start, started, ended, errorCode, default, tags);
        }
    }

    /// <summary>Something beside the rounds: under the epoch in which it began.</summary>
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
            Tell(name, EpochAt(started), started, ended, errorCode, default, tags);
        }
    }

    /// <summary>Slots moved while a round was open: under the epoch, with a link to that round.</summary>
    public void Recovered(
        DateTimeOffset started,
        DateTimeOffset ended,
        params ReadOnlySpan<KeyValuePair<string, object?>> tags
    )
    {
        lock (_gate)
        {
            Tell("recover", EpochAt(started), started, ended, null, _healed, tags);
        }
    }

    public void EpochClosed(DateTimeOffset ended, int rounds, long images, double loss, double? accuracy)
    {
        lock (_gate)
        {
            CloseRounds(long.MaxValue);
            _train?.SetTag(Tags.Images, images).SetTag(Tags.Loss, loss);
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

    private ActivityContext EpochAt(DateTimeOffset time)
    {
        // A checkpoint of the epoch before may still be written when the next one has begun.
        if (_epoch is not null && time.UtcDateTime >= _epoch.StartTimeUtc)
        {
            return _epoch.Context;
        }

        var number = _epoch is null ? _epochNumber : _epochNumber - 1;
        return _epochs.GetValueOrDefault(number, _epoch?.Context ?? Start);
    }

    private void OpenEpoch(int epoch, string phase, DateTimeOffset started)
    {
        if (_epochNumber == epoch && _epoch is not null)
        {
            return;
        }

        EndEpoch(started, null);
        _epochNumber = epoch;
        _spans = 0;
        if (!IsWanted)
        {
            return;
        }

        // A second trace of the same epoch repeats it after a fault or a resumption, and says so.
        _epoch = source.Begin("epoch", default, started, [Start, _epochs.GetValueOrDefault(epoch)]);
        _epoch?.SetTag(Tags.Run, run).SetTag(Tags.Epoch, epoch + 1).SetTag(Tags.Phase, phase);
        _train = _epoch is null ? null : Span("train", _epoch.Context, started);
        if (_epoch is not null)
        {
            _epochs[epoch] = _epoch.Context;
        }
    }

    private void EndEpoch(DateTimeOffset ended, string? errorCode)
    {
        _train?.End(_trainEnded ?? ended);
        _epoch?.End(ended, errorCode);
        (_train, _epoch, _trainEnded) = (null, null, null);
    }

    private void CloseRounds(long before)
    {
        while (_open.Count > 0 && _open.First() is var (number, parts) && number < before)
        {
            _open.Remove(number);
            _closedThrough = Math.Max(_closedThrough, number);
            if (parts.Find(part => part.Leads) is { } lead)
            {
                Close(lead, parts);
            }
        }
    }

    private void Close(TrainerRound lead, List<TrainerRound> parts)
    {
        var healed = parts.Exists(part => part.Healed);
        var (keep, reason) = _sampling.Decide(lead.RoundOfEpoch, lead.Elapsed, healed);
        var span =
            keep && _train is not null && (healed || _spans < SpansPerTrace)
                ? Span("round", _train.Context, lead.Started)
                : null;
        var ambient = Activity.Current;
        Activity.Current = span ?? ambient; // the duration's exemplar leads to this span
        roundClosed(lead.Phase, lead.Elapsed, healed);
        Activity.Current = ambient;
        if (span is null)
        {
            return;
        }

        span.SetTag(Tags.Round, lead.Round)
            .SetTag(Tags.Phase, lead.Phase)
            .SetTag(Tags.Outcome, healed ? "healed" : "clean")
            .SetTag(Tags.Reason, reason)
            .SetTag(Tags.SlowestTrainer, parts.MaxBy(part => part.Stages.Own)!.Trainer);
        foreach (var part in parts)
        {
            Compute(span.Context, part);
        }

        if (healed)
        {
            _healed = span.Context;
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
            var child = Span(stage, span.Context, from);
            if (stage == "exchange" && part.ExchangedBytes > 0)
            {
                child?.SetTag(Tags.Bytes, part.ExchangedBytes).SetTag(Tags.Transport, part.Transports);
            }

            child?.End(to);
            from = to;
        }

        span.End(part.Ended);
    }

    private void Tell(
        string name,
        ActivityContext parent,
        DateTimeOffset started,
        DateTimeOffset ended,
        string? errorCode,
        ActivityContext link,
        ReadOnlySpan<KeyValuePair<string, object?>> tags
    )
    {
        if (!IsWanted || source.Begin(name, parent, started, [link]) is not { } span)
        {
            return;
        }

        _spans++;
        span.SetTag(Tags.Run, run);
        foreach (var (key, value) in tags)
        {
            span.SetTag(key, value);
        }

        span.End(ended, errorCode);
    }

    private Activity? Span(string name, ActivityContext parent, DateTimeOffset start)
    {
        _spans++;
        var span = source.Begin(name, parent, start);
        span?.SetTag(Tags.Run, run);
        return span;
    }
}
