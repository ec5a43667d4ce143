using System.Globalization;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <content>The one way into training: open, ask for trainers, start.</content>
internal sealed partial class RunLife
{
    private LifeEffect[] Begin(RunIntent intent, RunSettings? settings)
    {
        var known = State as LifeState.Known;
        State = new LifeState.Opening(intent, State);
        return [new LifeEffect.Open(intent, known, settings)];
    }

    private IReadOnlyList<LifeEffect> Open(LifeEvent.Opened opened, DateTimeOffset now)
    {
        if (State is not LifeState.Opening opening)
            return [];
        State = opening with { Opened = opened };
        var (claim, since) = opening.Intent switch
        {
            RunIntent.Submission => (Claim(opened.Settings.Wait), opened.Record.Created),
            RunIntent.Resumption resumption => (Claim(resumption.Wish.Wait), now),
            RunIntent.Turn => (TrainerClaim.Queued, QueuedAt(opened.Record)),
            _ => (TrainerClaim.Begun, now),
        };
        return [Ask(claim, opened.Settings, opened.Specification, opened.Record, since)];

        static TrainerClaim Claim(TimeSpan wait) =>
            wait > TimeSpan.Zero ? TrainerClaim.Queued : TrainerClaim.Once;
    }

    /// <summary>A strict run goes on with trainers whose bits are those of its first start, and with no others.</summary>
    private static LifeEffect.Ask Ask(
        TrainerClaim claim,
        RunSettings settings,
        RunSpecification specification,
        RunRecord record,
        DateTimeOffset since
    ) => new(claim, settings, specification.Slots, since, specification.Strict ? record.Fingerprint : null);

    private IReadOnlyList<LifeEffect> Allot(Allotment allotment, DateTimeOffset now)
    {
        switch (State)
        {
            case LifeState.Queued queued when !allotment.Trainers.IsEmpty:
                return Begin(new RunIntent.Turn(), queued.Settings);
            case LifeState.Queued queued:
                return now - QueuedAt(queued.Record) >= queued.Settings.Wait
                    ? Fail(TooFew(allotment, $" after {queued.Settings.Wait.TotalSeconds:0} s"), now)
                    : Wait(queued, allotment);
            case LifeState.Live:
                return
                [
                    .. allotment
                        .Trainers.Where(trainer => !_here.Contains(trainer.Trainer))
                        .Select(trainer => new LifeEffect.BringIn(trainer)),
                ];
            case LifeState.Opening { Opened: { } opened } opening:
                State = opening with { Allotment = allotment };
                return opening.Intent switch
                {
                    RunIntent.Submission
                        when !allotment.Trainers.IsEmpty || opened.Settings.Wait > TimeSpan.Zero =>
                    [
                        new LifeEffect.Create(opened),
                    ],
                    RunIntent.Turn when allotment.Trainers.IsEmpty => WaitOn(opening, allotment),
                    RunIntent.Resumption { Wish.Wait: var wait }
                        when allotment.Trainers.IsEmpty && wait > TimeSpan.Zero => Enqueue(
                        opening,
                        opened,
                        allotment,
                        now
                    ),
                    _ when allotment.Trainers.IsEmpty => GiveUp(TooFew(allotment), now),
                    _ => Start(opening, opened, allotment, now),
                };
            default:
                return [];
        }
    }

    /// <summary>Its trainers went while it opened its images: it waits on.</summary>
    private IReadOnlyList<LifeEffect> WaitOn(LifeState.Opening opening, Allotment allotment)
    {
        State = opening.Before;
        return Wait((LifeState.Queued)State, allotment);
    }

    private IReadOnlyList<LifeEffect> Create(RunRecord record, DateTimeOffset now)
    {
        if (State is not LifeState.Opening { Opened: { } opened, Allotment: { } allotment } opening)
            return [];
        _isHeld = true;
        opened = opened with { Record = record };
        return allotment.Trainers.IsEmpty
            ? Enqueue(opening, opened, allotment, now)
            : Start(opening, opened, allotment, now);
    }

    private IReadOnlyList<LifeEffect> Enqueue(
        LifeState.Opening opening,
        LifeEvent.Opened opened,
        Allotment allotment,
        DateTimeOffset now
    )
    {
        var (record, settings) = (opened.Record, opened.Settings);
        if (opening.Intent is RunIntent.Resumption { Wish: var wish })
        {
            settings = settings with { Wait = wish.Wait };
            record = RunRecordChanges.Queue(record, settings, wish.Checkpoint, now) with
            {
                Status = RunStatus.Queued,
            };
        }

        var queued = new LifeState.Queued(record, settings, opened.Specification, TraceOf(opening));
        State = queued;
        return [.. Wait(queued, allotment), new LifeEffect.Answer(true)];
    }

    /// <summary>Waits for its turn; says so when what it waits for is new.</summary>
    private IReadOnlyList<LifeEffect> Wait(LifeState.Queued queued, Allotment allotment)
    {
        if (allotment.Words == queued.Record.WaitingFor)
            return [new LifeEffect.Supervise()];
        queued = queued with { Record = queued.Record with { WaitingFor = allotment.Words } };
        State = queued;
        return
        [
            new LifeEffect.Supervise(), // first: the disk may refuse the logs
            new LifeEffect.Write(queued.Record),
            new LifeEffect.Wait(queued, allotment.Words),
            new LifeEffect.Tell(RunEvents.Wait(queued.Settings.Wait, allotment)),
        ];
    }

    private IReadOnlyList<LifeEffect> Start(
        LifeState.Opening opening,
        LifeEvent.Opened opened,
        Allotment allotment,
        DateTimeOffset now
    )
    {
        var (before, settings, from) = (opened.Record, opened.Settings, opened.From);
        var (restart, isFirst) = (opening.Intent as RunIntent.Restart, before.Started is null);
        var attempt = now.ToString("O", CultureInfo.InvariantCulture);
        var record = RunRecordChanges.Start(
            RunRecordChanges.Revival(before),
            settings,
            allotment.Trainers,
            attempt,
            isRestart: restart is not null,
            now
        ) with
        {
            Status = RunStatus.Starting,
        };
        var starting = new LifeState.Starting(
            record,
            settings,
            opened.Specification,
            new(attempt, record.Begun ?? now, now, from.Round)
        );
        var news = RunEvents.Start(
            allotment.Trainers,
            from.Checkpoint,
            from.ForkedFrom,
            restart?.Reason,
            isFirst
                ? null
                : new(
                    from.Checkpoint,
                    from.Round,
                    Math.Max(before.Round, _round),
                    restart?.Reason,
                    _restarts.Waited(_monotonic).TotalSeconds
                )
        );
        State = starting;
        return
        [
            new LifeEffect.Write(record),
            new LifeEffect.Supervise(), // also where the coordinator does not answer: it is asked again
            new LifeEffect.Start(
                starting,
                allotment.Trainers,
                from,
                restart is null ? settings.MinTrainers : 1,
                news,
                isFirst,
                TraceOf(opening),
                restart?.Dispute
            ),
            .. Limit(starting),
            .. from.PassedOver.Select(one => new LifeEffect.Tell(RunEvents.PassedOver(one.Name, one.Damage))),
            new LifeEffect.Answer(true),
        ];
    }

    /// <summary>Only now is a dispute settled: a coordinator that was not started asks again with the same one.</summary>
    private IReadOnlyList<LifeEffect> Begun(Dispute? dispute, DateTimeOffset now)
    {
        _restarts.Tried("", dispute, null, _monotonic);
        return [];
    }

    /// <summary>The opening has failed: a run that was there is what it was, or fails where nobody is there to try again.</summary>
    private IReadOnlyList<LifeEffect> GiveUp(Fault fault, DateTimeOffset now)
    {
        if (State is not LifeState.Opening opening)
            return [];
        State = opening.Before;
        return opening.Intent switch
        {
            RunIntent.Turn => Fail(fault, now),
            RunIntent.Restart restart => _restarts.Tried(restart.Reason, restart.Dispute, fault, _monotonic)
                is { } final
                ? [.. Fail(final, now), new LifeEffect.Answer(false)]
                : [.. WaitToGoOn(restart.Reason, fault), new LifeEffect.Answer(true)],
            _ => [.. Unhold(), new LifeEffect.Answer(false, fault)],
        };
    }

    /// <summary>It is tried again soon; meanwhile its record says what keeps it.</summary>
    private IReadOnlyList<LifeEffect> WaitToGoOn(string reason, Fault fault)
    {
        var words = $"{reason}, and it cannot begin again yet: {fault.Message}";
        return Known!.Record.WaitingFor == words
            ? []
            : [new LifeEffect.Write(Revise(record => record with { WaitingFor = words }))];
    }

    private IReadOnlyList<LifeEffect> Abandon()
    {
        if (State is not LifeState.Opening opening)
            return [];
        State = opening.Before;
        return
        [
            .. opening.Intent is RunIntent.Submission or RunIntent.Resumption ? Unhold() : [],
            .. opening.Allotment is null ? (LifeEffect[])[] : [new LifeEffect.Release()],
        ];
    }

    private static string? TraceOf(LifeState.Opening opening) =>
        opening switch
        {
            { Intent: RunIntent.Submission submission } => submission.Asked.Trace,
            { Intent: RunIntent.Resumption resumption } => resumption.Wish.Trace,
            { Before: LifeState.Queued queued } => queued.Trace,
            _ => null,
        };

    private static Fault TooFew(Allotment allotment, string after = "") =>
        new(
            "MM3002",
            (allotment with { Reason = allotment.Reason + after }).Words,
            allotment.Fix.Length > 0
                ? allotment.Fix
                : $"--trainers {Math.Max(1, allotment.Free)}, or wait with --wait 10m"
        );
}
