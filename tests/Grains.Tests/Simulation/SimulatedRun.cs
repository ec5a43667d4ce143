using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>The run's grain of a schedule: plays the real <see cref="RunLife"/> and carries its effects out in the schedule's world.</summary>
/// <remarks>Its activation may die at any moment; the record and what the cluster has given it stay, and the next one who calls activates another.</remarks>
internal sealed partial class SimulatedRun(Schedule schedule)
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

    private static readonly Lazy<TrainingData> Images = new(() =>
    {
        var images = SyntheticImages.Generate(0);
        int[] all = [.. Enumerable.Range(0, images.Train.Labels.Count)];
        return new(images, all, new([.. Enumerable.Repeat(1, images.Train.Classes)]), []);
    });

    private readonly SortedSet<string> _given = new(StringComparer.Ordinal); // trainers that the cluster keeps for it
    private RunLife? _life;
    private RunRecord? _record; // as the folder has it
    private RunProgress _progress = new();
    private string? _ended; // the attempt whose end is recorded
    private bool _isHeld; // its activation has the folder
    private bool _mayGoOn; // its owner has just asked for it

    /// <summary>Whether it is over, and nobody is kept for it.</summary>
    public bool IsOver => _record?.Status.IsEnd() == true && _given.Count == 0 && !MayInsist;

    public RunRecord Record => _record ?? throw new InvalidOperationException("It was not submitted.");

    /// <summary>Trainers that the cluster keeps for it.</summary>
    public IReadOnlyCollection<string> Given => _given;

    /// <summary>Where its life is; null where nobody has activated it.</summary>
    public RunLife? Life => _life;

    public void Wake() => Play(new LifeEvent.Woken());

    public void Tick()
    {
        Insist();
        Play(new LifeEvent.Tick());
    }

    public void Progress(RunProgress progress)
    {
        _progress = progress;
        Play(LifeEvent.Progressed.Of(progress));
    }

    /// <summary>A trainer tells what an epoch gave; told twice, it is the same.</summary>
    public void Report(long round, int roundsPerEpoch)
    {
        if (_life?.Known is null)
            return;
        var number = (int)((round + roundsPerEpoch - 1) / roundsPerEpoch);
        var result = new EpochResult
        {
            Epoch = number,
            Round = round,
            Phase = PhaseName.Of(schedule.Model.Plan.PhaseOf(new(ExchangeKind.Round, round - 1))),
            LearningRate = 0.1,
            TrainLoss = number,
            TrainAccuracy = 0.5,
        };
        if (RunEvents.Phase(_life.Known.Record.Last?.Phase, result) is { } news)
            schedule.Note($"{news.Message}");
        _record = _life.Revise(record => RunRecordChanges.Epoch(record, result));
    }

    /// <returns>Whether the run goes on; null when nobody answered.</returns>
    public bool? Restart(LifeEvent.RestartAsked asked) => Play(asked)?.IsAccepted;

    /// <returns>Whether the coordinator was heard.</returns>
    public bool End(RunEnd outcome) => Play(new LifeEvent.CoordinatorEnded(outcome)) is not null;

    /// <returns>The answer; null when nobody answered.</returns>
    private LifeEffect.Answer? Play(LifeEvent happened)
    {
        if (_record is null && happened is not LifeEvent.Submitted)
            return null; // nobody asks for a run that there is not
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

            return _life is null ? null : PlayAll(happened);
        }
        catch (TimeoutException)
        {
            if (_life?.State is LifeState.Absent or LifeState.Unled && _record is not null)
                (_life, _isHeld) = (null, false); // an activation that fails
            return null;
        }
    }

    private LifeEffect.Answer PlayAll(LifeEvent happened)
    {
        var play = new LifePlay(
            _life!,
            (effect, _) => Task.FromResult(CarryOut(effect)),
            () => new(schedule.Time.Wall, schedule.Time.Now)
        );
        // Nothing in a schedule's world is waited for: the task is complete.
        return play.PlayAsync(happened, CancellationToken.None).GetAwaiter().GetResult();
    }

    private LifeEvent? CarryOut(LifeEffect effect)
    {
        switch (effect)
        {
            case LifeEffect.Hold when schedule.Time.Now < _foreignUntil:
                return new LifeEvent.NotHeld(
                    new("MM3006", "another process writes into the run's folder", "wait for it")
                );
            case LifeEffect.Hold:
                _isHeld = true;
                return new LifeEvent.Held(Record);
            case LifeEffect.Unhold or LifeEffect.LetGo:
                _isHeld = false;
                break;
            case LifeEffect.Leave:
                (_life, _isHeld) = (null, false);
                break;
            case LifeEffect.Open when schedule.Time.Now < _opensFrom:
                return new LifeEvent.OpeningFailed(Unreadable);
            case LifeEffect.Open { Intent: RunIntent.Submission }:
                return new LifeEvent.Opened(First(), _settings, Specification, From(0));
            case LifeEffect.Open { Known: { } known, Settings: { } settings }:
                return new LifeEvent.Opened(
                    known.Record,
                    settings with
                    {
                        MaxTime = _settings.MaxTime,
                    },
                    known.Specification,
                    From(schedule.Checkpoint)
                );
            case LifeEffect.Ask ask:
                return new LifeEvent.Allotted(Allot(ask));
            case LifeEffect.Create when schedule.DiskIsFull:
                return new LifeEvent.CreationFailed(new("MM5002", "no space is left", "make room"));
            case LifeEffect.Create create:
                (_record, _isHeld) = (create.Opened.Record, true);
                return new LifeEvent.Created(create.Opened.Record);
            case LifeEffect.Write write:
                Write(write.Record);
                break;
            case LifeEffect.Wait wait:
                Write(wait.Queued.Record with { WaitingFor = wait.For });
                break;
            case LifeEffect.Tell tell:
                schedule.Note($"{tell.News.Kind}: {tell.News.Message}");
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
            case LifeEffect.Limit limit:
                Limit(limit.At);
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

    private void Limit(DateTimeOffset at)
    {
        var life = _life;
        schedule.Time.After(
            at > schedule.Time.Wall ? at - schedule.Time.Wall : TimeSpan.Zero,
            () =>
            {
                if (_life != life || _record?.Status.IsEnd() != false)
                    return;
                _wantsOn = true;
                _settings = _settings with { MaxTime = null };
                Play(new LifeEvent.StopAsked(false, "max_time"));
            }
        );
    }

    private void End(LifeEffect.End end)
    {
        var attempt = end.Run.Record.Attempt ?? "";
        var news = RunEvents.End(end.Outcome);
        schedule.Note($"{news.Message}");
        _progress = RunProgressSummary.End(_progress, end.Outcome.Round, schedule.Model.Plan.End, epochs: 1);
        if (_progress.Round != end.Outcome.Round || _progress.RoundOfEpoch > schedule.Model.Plan.End)
            schedule.Violate($"it ended after {end.Outcome.Round} rounds, and shows {_progress.Round}");
        if (_ended is not null)
            schedule.Violate($"its end was recorded twice, for attempts {_ended} and {attempt}");
        if (end.Outcome.Attempt is { } told && told != attempt)
            schedule.Violate($"attempt {told} ended the run, of which attempt {attempt} trains");
        if (end.Outcome.Attempt is null && schedule.LeaderOf(attempt) is { } leader)
            schedule.Violate($"the run is over while {leader} leads it");
        if (end.Outcome.State == RunStatus.Finished && schedule.Checkpoint != schedule.Model.Plan.End)
            schedule.Violate($"it is finished, and the newest checkpoint is of round {schedule.Checkpoint}");
        if (_foreignUntil > default(DateTimeOffset))
            _wantsOn |= end.Outcome.State == RunStatus.Stopped && !IsStopAsked; // stopped for the other process
        _ended = attempt;
        Write(end.Run.Record);
    }

    private void Write(RunRecord record)
    {
        if (_ended is not null && !record.Status.IsEnd())
        {
            if (!_mayGoOn)
                schedule.Violate($"a run that was over is {record.Status}");
            _ended = null;
        }

        if ((_record?.Status, record.Status) is (RunStatus.Stopping, RunStatus.Starting))
            schedule.Violate("a run that was to stop is started again");
        _record = record;
    }

    /// <summary>Whoever can be reached and is not to go.</summary>
    private Allotment Allot(LifeEffect.Ask ask)
    {
        if (ask.Slots != Specification.Slots || ask.Fingerprint is not (null or "same"))
            schedule.Violate($"it asks for other trainers than its own: {ask}");
        if (schedule.IsRefused && schedule.Draw(8) == 0)
            throw new TimeoutException(); // whoever gives them does not answer
        if (schedule.Time.Now < _othersHaveTrainersUntil)
            return new([], 0, "wanted 1 trainer, have 0", "r-other has all of them");
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

    private StartingPoint From(long round) =>
        new(
            round == 0 ? null : $"round-{round}",
            0,
            round,
            null,
            schedule.IsRefused && schedule.Draw(4) == 0 ? [($"round-{round + 1}", "its hash differs")] : []
        );

    private RunRecord First() =>
        RunRecordChanges.Submission(
            new(Run, SpecificationDocument.Write(Specification), _settings),
            Specification,
            Images.Value,
            schedule.Time.Wall
        ) with
        {
            Rounds = schedule.Model.Plan.End,
        };
}
