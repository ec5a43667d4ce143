using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>One run's life as a state machine: what happens and the time in, effects out.</summary>
/// <remarks>
/// No clock, no calls, no storage: the grain feeds it and carries out what it decides, so that a test can do both in virtual time. Submit,
/// resume, restart and the turn of a queued run are one path: open, ask for trainers, start.
/// </remarks>
internal sealed partial class RunLife(string run, LivenessOptions liveness)
{
    private readonly RestartPolicy _restarts = new(run, liveness);
    private DateTimeOffset _monotonic; // of what is being decided
    private LifeEvent? _onceHeld;
    private ImmutableHashSet<string> _here = [];
    private long _round;
    private bool _isHeld;

    public LifeState State { get; private set; } = new LifeState.Absent();

    /// <summary>The run as its record has it; null while there is none.</summary>
    public LifeState.Known? Known =>
        State as LifeState.Known ?? (State as LifeState.Opening)?.Before as LifeState.Known;

    /// <summary>Takes in what happened.</summary>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<LifeEffect> Decide(LifeEvent happened, Moment now)
    {
        _monotonic = now.Monotonic;
        return Decide(happened, now.Wall);
    }

    private IReadOnlyList<LifeEffect> Decide(LifeEvent happened, DateTimeOffset now) =>
        happened switch
        {
            LifeEvent.Found found => Find(found, now),
            LifeEvent.Held held => Hold(held, now),
            LifeEvent.NotHeld refused => Refuse(refused),
            LifeEvent.Submitted asked => Submit(asked),
            LifeEvent.Resumed resumed => Resume(resumed),
            LifeEvent.Woken => Wake(now),
            LifeEvent.RestartAsked asked => Restart(asked, now),
            LifeEvent.StopAsked asked => Stop(asked, now),
            LifeEvent.CoordinatorEnded ended => EndBy(ended.Outcome, now),
            LifeEvent.Progressed progress => Progress(progress, now),
            LifeEvent.Tick => Supervise(),
            LifeEvent.Led led => Lead(led, now),
            LifeEvent.Opened opened => Open(opened, now),
            LifeEvent.OpeningFailed failed => GiveUp(failed.Fault, now),
            LifeEvent.Abandoned => Abandon(),
            LifeEvent.Allotted allotted => Allot(allotted.Allotment, now),
            LifeEvent.Created created => Create(created.Record, now),
            LifeEvent.CreationFailed failed => [new LifeEffect.Release(), .. GiveUp(failed.Fault, now)],
            LifeEvent.Started started => Begun(started.Dispute, now),
            LifeEvent.BroughtIn brought => Join(brought.Trainer),
            LifeEvent.Released => Release(),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "No such event."),
        };

    /// <summary>Changes what the record says of the run's results; its life is not touched.</summary>
    public RunRecord Revise(Func<RunRecord, RunRecord> change)
    {
        var known = Known ?? throw new RunNotFoundException(run);
        var changed = known with { Record = change(known.Record) };
        State = State is LifeState.Opening opening ? opening with { Before = changed } : changed;
        return changed.Record;
    }

    private IReadOnlyList<LifeEffect> Find(LifeEvent.Found found, DateTimeOffset now)
    {
        if (!_isHeld)
            State = StateOf(found.Record);
        return State switch
        {
            // The activation before may have died between the record and the release.
            LifeState.Ended => [new LifeEffect.Supervise(), .. LetGo()],
            LifeState.Unled when !found.IsLed => [],
            _ when !_isHeld => HoldFor(found),
            LifeState.Queued queued =>
            [
                new LifeEffect.Supervise(),
                new LifeEffect.Wait(queued, queued.Record.WaitingFor ?? ""),
            ],
            LifeState.Unled unled => Adopt(unled, now),
            _ => [],
        };
    }

    private IReadOnlyList<LifeEffect> HoldFor(LifeEvent cause)
    {
        _onceHeld = cause;
        return [new LifeEffect.Hold()];
    }

    /// <summary>Another process may have gone on with the run since this one last read its record.</summary>
    private IReadOnlyList<LifeEffect> Hold(LifeEvent.Held held, DateTimeOffset now)
    {
        if (State is LifeState.Ended or LifeState.Queued or LifeState.Unled)
            State = StateOf(held.Record); // throws where it makes no sense: then it is not held either
        _isHeld = true;
        var cause = _onceHeld;
        _onceHeld = null;
        return cause is null ? [] : Decide(cause, now);
    }

    private IReadOnlyList<LifeEffect> Refuse(LifeEvent.NotHeld refused)
    {
        var cause = _onceHeld;
        _onceHeld = null;
        return cause switch
        {
            LifeEvent.Resumed => [new LifeEffect.Answer(false, refused.Fault)],
            LifeEvent.Found { IsLed: true } =>
            [
                new LifeEffect.StopCoordinator(true),
                new LifeEffect.Leave(refused.Fault),
            ],
            _ => [new LifeEffect.Leave(refused.Fault), new LifeEffect.Answer(false)],
        };
    }

    private LifeEffect[] Submit(LifeEvent.Submitted asked)
    {
        if (Known is { } present)
            return present.Record.SpecificationSha256 == SpecificationDocument.Hash(asked.Specification)
                ? [new LifeEffect.Answer(true)]
                :
                [
                    new LifeEffect.Answer(
                        false,
                        new(
                            "MM3005",
                            $"run {run} exists with another configuration",
                            "choose another id, or another --name"
                        )
                    ),
                ];
        return Begin(new RunIntent.Submission(asked.Asked, asked.Specification), null);
    }

    private IReadOnlyList<LifeEffect> Resume(LifeEvent.Resumed resumed)
    {
        if (State is not LifeState.Known known)
            throw new RunNotFoundException(run);
        if (_isHeld && known is LifeState.Live or LifeState.Queued)
            return [new LifeEffect.Answer(true)];
        if (known.Specification.Classifier is { } computed)
            return
            [
                new LifeEffect.Answer(
                    false,
                    new(
                        "MM1005",
                        $"{run} is a {computed.Kind} classifier, computed from another run's features: there is nothing to go on training",
                        $"compute it anew with: mm finetune RUN --method {known.Specification.Method.Name}"
                    )
                ),
            ];
        if (!_isHeld)
            return HoldFor(resumed);
        var (wish, settings) = (resumed.Wish, known.Settings);
        return Begin(
            new RunIntent.Resumption(wish),
            settings with
            {
                MinTrainers = wish.MinTrainers ?? settings.MinTrainers,
                MaxTrainers = wish.MaxTrainers ?? settings.MaxTrainers,
                DataPath = wish.DataPath ?? settings.DataPath,
                RoundLimit = null,
            }
        );
    }

    private IReadOnlyList<LifeEffect> Stop(LifeEvent.StopAsked asked, DateTimeOffset now)
    {
        switch (State)
        {
            case LifeState.Queued when _isHeld:
                return
                [
                    .. End(new(RunStatus.Stopped, Known!.Record.Round, null, null), now, asked.Reason),
                    new LifeEffect.Answer(true),
                ];
            case LifeState.Stopping:
                return [new LifeEffect.StopCoordinator(asked.Now), new LifeEffect.Answer(true)];
            case LifeState.Live live:
                var record = live.Record with { Status = RunStatus.Stopping };
                State = new LifeState.Stopping(
                    record,
                    live.Settings,
                    live.Specification,
                    live.Stretch,
                    asked.Reason
                );
                return
                [
                    new LifeEffect.Write(record),
                    new LifeEffect.StopCoordinator(asked.Now, asked.Reason),
                    new LifeEffect.Answer(true),
                ];
            default:
                return [new LifeEffect.Answer(true)];
        }
    }

    /// <summary>What a coordinator of another attempt says is about trainers that are not the run's any more.</summary>
    private IReadOnlyList<LifeEffect> EndBy(RunEnd outcome, DateTimeOffset now) =>
        State switch
        {
            LifeState.Ended { HoldsTrainers: true } => [new LifeEffect.Release()],
            LifeState.Live
            or LifeState.Unled when outcome.Attempt is null || outcome.Attempt == Known!.Record.Attempt =>
                _isHeld ? End(outcome, now) : HoldFor(new LifeEvent.CoordinatorEnded(outcome)),
            _ => [],
        };

    private IReadOnlyList<LifeEffect> Progress(LifeEvent.Progressed progress, DateTimeOffset now)
    {
        if (Known is not (LifeState.Live or LifeState.Unled))
            return []; // from a coordinator that has not heard of the end
        (_round, _here) = (progress.Round, progress.Trainers);
        if (progress.StateIsHeld)
            _restarts.Heard(_monotonic);
        if (State is LifeState.Live { Stretch: { FirstRound: null } adopted } live)
            State = live with { Stretch = adopted with { FirstRound = progress.Round } };
        if (
            State is not LifeState.Starting { Stretch: { } stretch } starting
            || !(progress.Round > stretch.FirstRound)
        )
            // It has a coordinator again, and no longer waits.
            return State is LifeState.Live { Record.WaitingFor: not null } && progress.StateIsHeld
                ? [new LifeEffect.Write(Revise(record => record with { WaitingFor = null }))]
                : [];
        var record = starting.Record with { Status = RunStatus.Running, WaitingFor = null };
        State = new LifeState.Running(record, starting.Settings, starting.Specification, stretch);
        return [new LifeEffect.Write(record), new LifeEffect.TellBegan(now - stretch.Since)];
    }

    /// <summary>Sees that somebody leads the run, and brings trainers in that have become free or come back.</summary>
    private IReadOnlyList<LifeEffect> Supervise() =>
        State switch
        {
            LifeState.Queued queued => [Ask(TrainerClaim.Queued, queued, QueuedAt(queued.Record))],
            LifeState.Live or LifeState.Unled => [new LifeEffect.AskWhoLeads()],
            LifeState.Ended { HoldsTrainers: true } => [new LifeEffect.Release()],
            LifeState.Ended => LetGo(),
            _ => [],
        };

    private IReadOnlyList<LifeEffect> Lead(LifeEvent.Led led, DateTimeOffset now) =>
        State switch
        {
            LifeState.Live or LifeState.Unled when !led.IsLed => Restart(
                new("no coordinator leads it", null),
                now
            ),
            LifeState.Unled unled when _isHeld => Adopt(unled, now),
            LifeState.Unled unled => HoldFor(new LifeEvent.Found(unled.Record, true)),
            // A coordinator that died took the stop with it: its successor is told.
            LifeState.Stopping => [new LifeEffect.StopCoordinator(Now: false)],
            LifeState.Starting or LifeState.Running =>
            [
                Ask(TrainerClaim.Begun, Known!, Known!.Record.Created),
            ],
            _ => [],
        };

    private IReadOnlyList<LifeEffect> Join(TrainerDescription trainer)
    {
        if (
            State is not LifeState.Live live
            || live.Record.Trainers.Any(known => known.Trainer == trainer.Trainer)
        )
            return [];
        var record = Revise(record =>
            record with
            {
                Trainers = [.. record.Trainers, new(trainer.Trainer, trainer.Device)],
            }
        );
        return [new LifeEffect.Write(record), new LifeEffect.Tell(RunEvents.Join(trainer))];
    }

    /// <summary>Takes the run over as it goes.</summary>
    private IReadOnlyList<LifeEffect> Adopt(LifeState.Unled unled, DateTimeOffset now)
    {
        var (record, settings, specification) = unled;
        var stretch = new Stretch(record.Attempt ?? "", record.Begun ?? now, now, null);
        LifeState.Live live = record.Status switch
        {
            RunStatus.Stopping => new LifeState.Stopping(record, settings, specification, stretch, ""),
            RunStatus.Starting => new LifeState.Starting(record, settings, specification, stretch),
            _ => new LifeState.Running(record, settings, specification, stretch),
        };
        (State, _round) = (live, record.Round);
        return [new LifeEffect.Adopt(live), .. Limit(live), new LifeEffect.Supervise()];
    }

    private IReadOnlyList<LifeEffect> Fail(Fault fault, DateTimeOffset now) =>
        End(new(RunStatus.Failed, Math.Max(Known!.Record.Round, _round), null, fault), now);

    private IReadOnlyList<LifeEffect> End(RunEnd outcome, DateTimeOffset now, string? stopReason = null)
    {
        var known = Known!;
        var record = RunRecordChanges.End(known.Record, outcome, stopReason ?? known.StopReason, now) with
        {
            Status = outcome.State,
        };
        var ended = new LifeState.Ended(record, known.Settings, known.Specification, HoldsTrainers: true);
        (State, _round) = (ended, outcome.Round);
        _restarts.Forget();
        return [new LifeEffect.End(ended, outcome), .. LetGo(), new LifeEffect.Release()];
    }

    private IReadOnlyList<LifeEffect> Release()
    {
        if (State is not LifeState.Ended ended)
            return [];
        State = ended with { HoldsTrainers = false };
        return LetGo();
    }

    private IReadOnlyList<LifeEffect> LetGo()
    {
        _isHeld = false;
        return [new LifeEffect.LetGo()];
    }

    /// <summary>What nobody trains, others may write.</summary>
    private IReadOnlyList<LifeEffect> Unhold()
    {
        if (State is not (LifeState.Ended or LifeState.Unled))
            return [];
        _isHeld = false;
        return [new LifeEffect.Unhold()];
    }

    private static IReadOnlyList<LifeEffect> Limit(LifeState.Live live) =>
        live.Settings.MaxTime is { } limit ? [new LifeEffect.Limit(live.Stretch.Begun + limit)] : [];

    private static LifeEffect.Ask Ask(TrainerClaim claim, LifeState.Known known, DateTimeOffset since) =>
        Ask(claim, known.Settings, known.Specification, known.Record, since);

    private static DateTimeOffset QueuedAt(RunRecord record) => RunRecordChanges.QueuedAt(record);

    /// <summary>What a record says of a run that this grain did not begin.</summary>
    /// <exception cref="FaultException">Its specification is none.</exception>
    public static LifeState StateOf(RunRecord record)
    {
        var settings = record.SettingsOrDefaults;
        var specification = SpecificationDocument.Read(record.Specification.GetRawText());
        return record.Status switch
        {
            RunStatus.Queued => new LifeState.Queued(record, settings, specification, null),
            var status when status.IsEnd() => new LifeState.Ended(
                record,
                settings,
                specification,
                HoldsTrainers: true
            ),
            _ => new LifeState.Unled(record, settings, specification),
        };
    }
}
