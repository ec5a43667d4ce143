using System.Text.Json;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>Where a run's record, epochs and events are written and told: its folder, its timeline and its telemetry at once.</summary>
internal sealed class RunLog(
    string run,
    RunDirectory directory,
    RunTelemetry telemetry,
    StoreHealth store,
    TimeProvider clock,
    ILogger logger
)
{
    private readonly Outage _storeOutage = new("the cluster's store");
    private readonly Outage _folderOutage = new("the run's folder");
    private readonly StoredPruning _pruning = new(run, clock, logger);

    /// <summary>What watchers are told.</summary>
    public RunTimeline Timeline { get; } = new();

    /// <summary>How far the run is.</summary>
    public RunProgress Progress { get; private set; } = new();

    /// <summary>Everything a client shows of the run.</summary>
    public RunSnapshot Snapshot(LifeState.Known known)
    {
        var record = known.Record;
        return new()
        {
            RunId = run,
            State = record.Status,
            Settings = known.Settings,
            Specification = SpecificationDocument.Write(known.Specification),
            Folder = directory.Path,
            ClassCounts = [.. record.ClassCounts],
            ClassNames = [.. record.ClassNames],
            Progress = Progress,
            Epochs = Timeline.NewestEpochs,
            StateSha256 = record.StateSha256,
            LastCheckpoint = record.LastCheckpoint,
            Fault = record.Error,
            Created = record.Created,
            StopReason = known.StopReason,
        };
    }

    /// <summary>Takes in the epochs that the folder has.</summary>
    public void Read()
    {
        foreach (var row in directory.Epochs().Where(row => Timeline.Epochs.All(e => e.Epoch != row.Epoch)))
            Timeline.Add(row);
    }

    /// <summary>Replaces the record.</summary>
    public void Write(RunRecord record)
    {
        directory.Write(record);
        telemetry.Became(record);
        Timeline.Touch();
    }

    /// <summary>Adds a line to the timeline.</summary>
    public void Publish(RunNews? news)
    {
        if (news is not null)
            Timeline.Add(Append(news.Kind, news.Message, news.Incident?.ToFields()));
    }

    /// <summary>It waits for its trainers.</summary>
    public void Wait(LifeState.Queued queued, string reason)
    {
        telemetry.Waits(RunRecordChanges.QueuedAt(queued.Record));
        directory.Continue(queued.Record.Round, tensorBoard: false);
        telemetry.Became(queued.Record);
        Progress = (queued.Record.Started is null ? Progress : WhereItStands(queued.Record)) with
        {
            Activity = reason,
        };
    }

    /// <summary>A stretch of training begins.</summary>
    public void Start(LifeEffect.Start start, TrainingData data)
    {
        var (run, from) = (start.Run, start.From);
        directory.Open(from.Epoch, from.Round, run.Settings.TensorBoard);
        telemetry.Started(
            run.Specification,
            run.Settings,
            data,
            start.Trainers.Length,
            from.Round,
            start.Trace
        );
        telemetry.Became(run.Record);
        Publish(start.News);
        Publish(RunEvents.LeftOut(data.Inventory.Damaged));
        if (start.IsFirst)
            Publish(RunEvents.NoImages(data.Inventory.PassedOver));
    }

    /// <summary>Another activation kept the run: its logs go on.</summary>
    public void Adopt(LifeState.Live run)
    {
        var record = run.Record;
        directory.Continue(record.Round, run.Settings.TensorBoard);
        var newest = directory.Checkpoints.List() is [var entry, ..] ? entry.Manifest : null;
        telemetry.Adopted(
            run.Settings,
            newest?.Written ?? record.Begun ?? clock.GetUtcNow(),
            newest?.Round ?? 0
        );
        telemetry.Became(record);
        // Until a heartbeat says more: what happens now did not happen in round 0.
        Progress = Progress with
        {
            Epoch = Math.Min(record.Epoch + 1, record.Epochs),
            Round = record.Round,
        };
    }

    /// <summary>The first round of a stretch is done. For readers of the folder; watchers see it from the progress.</summary>
    public void Began(TimeSpan after) =>
        Append("running", "the first round is done", new RunBegan(after.TotalSeconds).ToFields());

    /// <summary>It is over.</summary>
    public void End(LifeState.Ended run, RunEnd outcome)
    {
        Progress = RunProgressSummary.End(Progress, outcome.Round, run.Record.Rounds, run.Record.Epochs);
        Publish(RunEvents.End(outcome));
        Write(run.Record);
        telemetry.Ended(run.Record, run.Settings);
    }

    /// <summary>Takes in how far it is.</summary>
    public void Note(LifeState.Known run, RunProgress progress)
    {
        var now = clock.GetUtcNow();
        var (begun, since, first) = run is LifeState.Live { Stretch: var stretch }
            ? (stretch.Begun, stretch.Since, stretch.FirstRound)
            : (now, now, null);
        Progress = progress with
        {
            Elapsed = now - begun,
            Left = progress.Round - first is { } done and > 0
                ? (now - since) / done * (progress.Rounds - progress.Round)
                : null,
        };
    }

    /// <summary>Shows how far it is.</summary>
    public void Show(LifeState.Known run)
    {
        telemetry.Moved(run.Record, run.Settings, Progress, Timeline.Epochs);
        Timeline.Touch();
    }

    /// <summary>Another run's past becomes this one's own.</summary>
    public RunRecord Fork(RunFork fork, RunRecord record, TrainingData data)
    {
        var rows = directory.Adopt(fork, record.Specification.GetRawText(), data);
        foreach (var row in rows)
            Timeline.Add(row);
        return RunRecordChanges.Fork(record, fork.Manifest, rows);
    }

    /// <summary>A trainer says what an epoch gave; the same epoch twice is one.</summary>
    /// <param name="life">Its run's.</param>
    /// <param name="epoch">What it gave.</param>
    /// <param name="data">The run's images; null where they cannot be read: then it is not compared with what the samplers drew.</param>
    /// <returns>Why the run must not go on; null when it may.</returns>
    public Fault? AddEpoch(RunLife life, EpochResult epoch, TrainingData? data)
    {
        var known = life.Known!;
        if (
            known.Settings.RoundLimit is null
            && Expected(epoch, known.Specification, data) is { } expected
            && epoch.SampleSum != expected
        )
        {
            var wrong = RunEvents.WrongImages(run, epoch, expected);
            Publish(new("error", $"{wrong.Code} {wrong.Message}"));
            return wrong;
        }

        if (!directory.Add(epoch.Kept()).SameNumbersAs(epoch))
        {
            Publish(RunEvents.TwoResults(epoch.Epoch));
            return null;
        }

        if (Timeline.Epochs.Any(e => e.Epoch == epoch.Epoch))
            return null;
        // Before the timeline has it: a write that fails is told again, and then all of this is done once more.
        directory.Write(life.Revise(record => RunRecordChanges.Epoch(record, epoch)));
        Publish(RunEvents.Phase(Timeline.Last?.Phase, epoch));
        Timeline.Add(epoch);
        telemetry.Moved(known.Record, known.Settings, Progress, Timeline.Epochs);
        directory.Add(
            new(clock.GetUtcNow(), "epoch", $"epoch {epoch.Epoch}", epoch.Epoch, epoch.Round),
            new Dictionary<string, JsonElement>([TrainerShare.ToField(TrainerShares.Of(Progress))]),
            $"epoch-{epoch.Epoch}"
        );
        SeeStores(); // the disk may have refused it
        return null;
    }

    private static ulong? Expected(EpochResult epoch, RunSpecification specification, TrainingData? data)
    {
        if (data?.DrawsOf(specification) is not { } draws)
            return null;
        return draws.SumOf(
            epoch.Epoch - 1,
            new RunPlan(specification, draws.PerEpoch).UsedDraws,
            data.Subset
        );
    }

    /// <summary>A trainer has tried to write a checkpoint. One that was there and is known is no news.</summary>
    public void AddCheckpoint(RunLife life, CheckpointReport report)
    {
        if (report.WasThere && report.Name == life.Known!.Record.LastCheckpoint)
            return;
        Publish(RunEvents.Checkpoint(report));
        if (report.Fault is not null)
            return;
        directory.Write(life.Revise(record => record with { LastCheckpoint = report.Name }));
        telemetry.Saved(report.Round);
        var settings = life.Known!.Settings;
        var policy = settings.Checkpoints;
        var retention = new CheckpointRetention(
            policy.KeepLast,
            policy.KeepBest,
            policy.BestIsGreatest,
            policy.KeepEpoch > 0 ? CheckpointName.OfEpoch(policy.KeepEpoch) : null
        );
        try
        {
            var values = directory.Epochs().ToDictionary(e => e.Epoch, e => e[policy.BestMetric]);
            double? Value(CheckpointManifest m) =>
                m.RoundOfEpoch == 0 ? values.GetValueOrDefault(m.Epoch) : null;
            directory.Checkpoints.Prune(retention, Value, clock);
            if (directory.Stored(settings) is { } stored)
                _pruning.Begin(stored, retention, Value);
        }
        catch (FaultException unwritable)
        {
            Publish(new("warning", $"{unwritable.Code} {unwritable.Message}"));
        }
        catch (Exception unreadable) when (StorageFault.Is(unreadable))
        {
            Publish(new("warning", $"old checkpoints are not pruned: {unreadable.Message.TrimEnd('.')}"));
        }
    }

    /// <summary>Writes what the disk refused, and tells of stores that went, or came back.</summary>
    /// <returns>Whether all is written.</returns>
    public bool CatchUp()
    {
        var isWritten = directory.CatchUp();
        SeeStores();
        return isWritten;
    }

    private void SeeStores()
    {
        var now = clock.GetUtcNow();
        Tell(_storeOutage.See(store.Fault, now, Progress.Round));
        Tell(_folderOutage.See(directory.Refused, now, Progress.Round));

        void Tell((string Message, Incident Incident)? news)
        {
            if (news is var (message, incident))
                Publish(new("warning", message, incident));
        }
    }

    private RunEvent Append(string kind, string message, IReadOnlyDictionary<string, JsonElement>? fields)
    {
        var happened = new RunEvent(clock.GetUtcNow(), kind, message, Progress.Epoch, Progress.Round);
        directory.Add(happened, fields);
        return happened;
    }

    private static RunProgress WhereItStands(RunRecord record) =>
        RunProgressSummary.End(new(), record.Round, record.Rounds, record.Epochs);
}
