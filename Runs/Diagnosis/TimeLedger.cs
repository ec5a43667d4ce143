using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>Books every trainer-second of a run under one name of <see cref="TimeUse"/>.</summary>
/// <remarks>
/// A run is stretches between a start and an end; a stretch is its start-up, its epochs, and the rest. Measured are: times of events, the
/// start-up, an epoch's seconds and its evaluation, the pause after a loss. Derived are: how an epoch's rounds divide among computing, data,
/// exchange and waiting, from each trainer's shares in its last 20 rounds (of the reporting trainer's whole epoch where these are missing);
/// the rounds of an epoch that did not end, which divide as the epochs before; and all that lies between measured times.
/// </remarks>
internal sealed class TimeLedger
{
    private readonly Dictionary<string, double> _seconds = [];
    private readonly RunEvidence _evidence;
    private readonly int _trainers;
    private readonly IReadOnlyList<QueueWait> _waits;

    private TimeLedger(RunEvidence evidence) =>
        (_evidence, _trainers, _waits) = (
            evidence,
            Math.Max(1, evidence.Record.Trainers.Count),
            QueueWait.Of(evidence)
        );

    /// <summary>Trainer-seconds by name.</summary>
    public static IReadOnlyDictionary<string, double> Of(RunEvidence evidence)
    {
        var ledger = new TimeLedger(evidence);
        var stretches = Stretch.Of(evidence);
        for (var i = 0; i < stretches.Count; i++)
        {
            ledger.Book(stretches[i]);
            if (i > 0)
                ledger.Pause(stretches[i - 1].End, stretches[i].Start);
        }

        if (stretches is [.., var last])
            ledger.Pause(last.End, evidence.End);

        return ledger._seconds;
    }

    /// <summary>A time without trainers: nobody wanted it to go on, and then it may have had to wait for its turn.</summary>
    private void Pause(DateTimeOffset from, DateTimeOffset to)
    {
        var at = from;
        foreach (var wait in _waits.Where(wait => wait.Since >= from && wait.Since < to))
        {
            Book(TimeUse.Stopped, at, wait.Since);
            at = wait.Until < to ? wait.Until.Value : to;
            Book(TimeUse.Queue, wait.Since, at);
        }

        Book(TimeUse.Stopped, at, to);
    }

    private void Book(Stretch stretch)
    {
        var at = stretch.Start;
        var epochs = Windows(stretch).ToList();
        var upTo = epochs is [var first, ..] ? first.Start : stretch.End;
        var begun = stretch.Began is { } began && began < upTo ? began : upTo;
        Book(TimeUse.Start, at, begun);
        at = begun;
        foreach (var epoch in epochs)
        {
            Book(TimeUse.Other, at, epoch.Start);
            Divide(epoch.Start, epoch.End, epoch.Row, epoch.Shares);
            at = epoch.End;
        }

        switch (stretch.Rest)
        {
            case RestOfStretch.Kept:
                Divide(at, stretch.End, null, epochs.LastOrDefault()?.Shares ?? []);
                break;
            case RestOfStretch.Lost:
                Book(TimeUse.LostWork, at, stretch.End);
                break;
            default:
                Book(TimeUse.Checkpoint, at, stretch.End);
                break;
        }
    }

    /// <summary>The epochs that were kept of a stretch, none overlapping the one before.</summary>
    private IEnumerable<EpochWindow> Windows(Stretch stretch)
    {
        var free = stretch.Start;
        foreach (var row in _evidence.Epochs)
        {
            if (
                _evidence.Events.FirstOrDefault(e => e.Event == "epoch" && e.Key == $"epoch-{row.Epoch}")
                    is not { } happened
                || happened.Time <= stretch.Start
                || happened.Time > stretch.End
            )
                continue;
            var start = happened.Time - TimeSpan.FromSeconds(row.Seconds);
            start = start < free ? free : start;
            if (start >= happened.Time)
                continue;
            yield return new(start, happened.Time, row, TrainerShare.Of(happened));
            free = happened.Time;
        }
    }

    private void Divide(
        DateTimeOffset from,
        DateTimeOffset to,
        EpochResult? row,
        IReadOnlyList<TrainerShare> shares
    )
    {
        var whole = (to - from).TotalSeconds;
        if (whole <= 0)
            return;
        var evaluation = Math.Clamp(row?["evaluate_seconds"] ?? 0, 0, whole);
        Add(TimeUse.Evaluation, evaluation * _trainers);
        var recovery = Math.Clamp(Pauses(from, to), 0, whole - evaluation);
        Add(TimeUse.Recovery, recovery * _trainers);
        var rounds = whole - evaluation - recovery;
        foreach (var share in shares.Take(_trainers))
        {
            if (share.Slots == 0)
                Add(TimeUse.Spare, rounds);
            else
                Divide(rounds, share.Compute, share.Data, share.Exchange, share.Wait);
        }

        var missing = _trainers - Math.Min(_trainers, shares.Count);
        if (shares.Count > 0)
            Add(TimeUse.Away, rounds * missing);
        else if (
            row is not null
            && row["forward_seconds"] + row["backward_seconds"] + row["apply_seconds"] is { } computing
        )
            Divide(
                rounds * missing,
                computing,
                row["data_seconds"] ?? 0,
                row["exchange_seconds"] ?? 0,
                row["wait_seconds"] ?? 0
            );
        else
            Add(TimeUse.Other, rounds * missing);
    }

    private void Divide(double seconds, double compute, double data, double exchange, double wait)
    {
        var sum = compute + data + exchange + wait;
        if (sum <= 0)
        {
            Add(TimeUse.Other, seconds);
            return;
        }

        Add(TimeUse.Useful, seconds * compute / sum);
        Add(TimeUse.Data, seconds * data / sum);
        Add(TimeUse.Exchange, seconds * exchange / sum);
        Add(TimeUse.Wait, seconds * wait / sum);
    }

    /// <summary>Seconds of a time in which the others made up for a lost trainer.</summary>
    private double Pauses(DateTimeOffset from, DateTimeOffset to) =>
        TrainerPauses.Of(_evidence).Where(p => p.Healed > from && p.Healed <= to).Sum(p => p.Seconds);

    private void Book(string name, DateTimeOffset from, DateTimeOffset to) =>
        Add(name, Math.Max(0, (to - from).TotalSeconds) * _trainers);

    private void Add(string name, double seconds) =>
        _seconds[name] = _seconds.GetValueOrDefault(name) + seconds;

    private sealed record EpochWindow(
        DateTimeOffset Start,
        DateTimeOffset End,
        EpochResult Row,
        IReadOnlyList<TrainerShare> Shares
    );
}

/// <summary>A time in which a round stood still because a trainer was lost.</summary>
/// <param name="Healed">When the round was complete.</param>
/// <param name="Seconds">From the lost trainer's last heartbeat until then.</param>
internal sealed record TrainerPauses(DateTimeOffset Healed, double Seconds)
{
    public static IEnumerable<TrainerPauses> Of(RunEvidence evidence) =>
        evidence
            .All<RoundHealed>()
            .Select(healed => new TrainerPauses(
                healed.Event.Time,
                healed.What.Seconds
                    + (
                        evidence
                            .All<TrainerLeft>()
                            .LastOrDefault(left =>
                                left.What.Trainer == healed.What.Trainer
                                && left.Event.Time <= healed.Event.Time
                            )
                            .What?.SilentSeconds
                        ?? 0
                    )
            ));
}
