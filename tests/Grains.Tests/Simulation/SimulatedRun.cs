using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>The run's grain of a schedule: plays the real <see cref="RunLife"/> and carries its effects out in the schedule's world.</summary>
/// <remarks>Its activation may die at any moment; the record and what the cluster has given it stay, and the next one who calls activates another.</remarks>
internal sealed class SimulatedRun(Schedule schedule)
{
    private const string Run = "r-simulated";

    private static readonly RunSpecification Specification = new()
    {
        Epochs = 1,
        BatchSize = 8,
        Slots = 1,
        Dataset = new()
        {
            Name = "synthetic",
            Mean = [0.5],
            StandardDeviation = [0.25],
        },
        Imbalance = new() { Kind = "none" },
        Method = new()
        {
            Name = "erm",
            Loss = "ce",
            Reweight = Reweighting.None,
            DeferEpoch = 0,
        },
        Model = new() { Architecture = "resnet8", Head = "linear" },
        Optimiser = new() { LearningRate = 0.1 },
        Schedule = new() { WarmupEpochs = 0, Milestones = [] },
    };

    private readonly HashSet<string> _given = []; // trainers that the cluster keeps for it
    private RunLife? _life;
    private RunRecord? _record; // as the folder has it
    private string? _ended; // the attempt whose end is recorded

    /// <summary>Whether it is over, and nobody is kept for it.</summary>
    public bool IsOver => _record?.Status.IsEnd() == true && _given.Count == 0;

    public RunRecord Record => _record ?? throw new InvalidOperationException("It was not submitted.");

    /// <summary>Whether its owner wants it to end.</summary>
    public bool IsStopAsked { get; private set; }

    public void Submit() =>
        Play(
            new LifeEvent.Submitted(
                new(Run, SpecificationDocument.Write(Specification), Settings),
                Specification
            )
        );

    public void Stop(bool now)
    {
        IsStopAsked = true;
        Play(new LifeEvent.StopAsked(now, "request"));
    }

    public void Wake() => Play(new LifeEvent.Woken());

    public void Tick() => Play(new LifeEvent.Tick());

    public void Progress(long round, IEnumerable<string> trainers, bool stateIsHeld) =>
        Play(new LifeEvent.Progressed(round, [.. trainers], stateIsHeld));

    /// <returns>Whether the run goes on; null when nobody answered.</returns>
    public bool? Restart(LifeEvent.RestartAsked asked) => Play(asked);

    /// <returns>Whether the coordinator was heard.</returns>
    public bool End(RunEnd outcome) => Play(new LifeEvent.CoordinatorEnded(outcome)) is not null;

    /// <summary>The silo of its activation has died.</summary>
    public void Die() => _life = null;

    private RunSettings Settings { get; } = new() { Name = "simulated", Wait = TimeSpan.FromMinutes(10) };

    private bool? Play(LifeEvent happened)
    {
        try
        {
            if (_life is null)
            {
                _life = new(Run, schedule.Liveness);
                if (_record is { } record)
                    PlayAll(
                        new LifeEvent.Found(record, LifeEvent.Found.MayBeLed(record) && schedule.IsLed())
                    );
            }

            return PlayAll(happened);
        }
        catch (TimeoutException)
        {
            if (_life!.State is LifeState.Absent or LifeState.Unled && _record is not null)
                _life = null; // an activation that fails
            return null;
        }
    }

    private bool PlayAll(LifeEvent happened)
    {
        var play = new LifePlay(
            _life!,
            (effect, _) => Task.FromResult(CarryOut(effect)),
            () => Moment.Of(schedule.Time.Now)
        );
        // Nothing in a schedule's world is waited for: the task is complete.
        return play.PlayAsync(happened, CancellationToken.None).GetAwaiter().GetResult().IsAccepted;
    }

    private LifeEvent? CarryOut(LifeEffect effect)
    {
        switch (effect)
        {
            case LifeEffect.Hold:
                return new LifeEvent.Held(Record);
            case LifeEffect.Open { Intent: RunIntent.Submission }:
                return new LifeEvent.Opened(First(), Settings, Specification, From(0));
            case LifeEffect.Open { Known: { } known, Settings: { } settings }:
                return new LifeEvent.Opened(
                    known.Record,
                    settings,
                    known.Specification,
                    From(schedule.Checkpoint)
                );
            case LifeEffect.Ask ask:
                return new LifeEvent.Allotted(Allot(ask));
            case LifeEffect.Create create:
                return new LifeEvent.Created(create.Opened.Record);
            case LifeEffect.Write write:
                Write(write.Record);
                break;
            case LifeEffect.Start start:
                schedule.Start(start);
                return new LifeEvent.Started(start.Dispute);
            case LifeEffect.AskWhoLeads:
                return new LifeEvent.Led(schedule.IsLed());
            case LifeEffect.BringIn bringIn:
                schedule.BringIn(bringIn.Trainer.Trainer);
                return new LifeEvent.BroughtIn(bringIn.Trainer);
            case LifeEffect.StopCoordinator stop:
                schedule.StopCoordinator(stop.Now);
                break;
            case LifeEffect.End end:
                End(end);
                break;
            case LifeEffect.Release:
                if (_given.Count > 0 && schedule.StoreIsAway)
                    throw new TimeoutException();
                _given.Clear();
                return new LifeEvent.Released();
        }

        return null;
    }

    private void End(LifeEffect.End end)
    {
        var attempt = end.Run.Record.Attempt ?? "";
        schedule.Note($"the run is {end.Outcome.State}: {end.Outcome.Fault?.Message}");
        if (_ended is not null)
            schedule.Violate($"its end was recorded twice, for attempts {_ended} and {attempt}");
        if (end.Outcome.Attempt is { } told && told != attempt)
            schedule.Violate($"attempt {told} ended the run, of which attempt {attempt} trains");
        if (end.Outcome.Attempt is null && schedule.LeaderOf(attempt) is { } leader)
            schedule.Violate($"the run is over while {leader} leads it");
        _ended = attempt;
        Write(end.Run.Record);
    }

    private void Write(RunRecord record)
    {
        if (_ended is not null && !record.Status.IsEnd())
            schedule.Violate($"a run that was over is {record.Status}");
        if ((_record?.Status, record.Status) is (RunStatus.Stopping, RunStatus.Starting))
            schedule.Violate("a run that was to stop is started again");
        _record = record;
    }

    /// <summary>Whoever can be reached and is not to go.</summary>
    private Allotment Allot(LifeEffect.Ask ask)
    {
        var free = schedule
            .Reachable.Select(trainer => new TrainerDescription(trainer, "cpu", "same", ""))
            .ToList();
        if (free.Count == 0)
            return new([], 0, "wanted 1 trainer, have 0");
        if (schedule.StoreIsAway && free.Any(trainer => !_given.Contains(trainer.Trainer)))
            throw new TimeoutException(); // what is given is written down first
        _given.UnionWith(free.Select(trainer => trainer.Trainer));
        return new([.. free], free.Count, "");
    }

    private static StartingPoint From(long round) =>
        new(round == 0 ? null : $"round-{round}", 0, round, null, []);

    private RunRecord First() =>
        SomeQueuedRun.Record(Run, Specification, Settings, schedule.Time.Now, schedule.Model.Plan.End);
}
