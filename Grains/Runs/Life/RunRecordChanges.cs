using System.Reflection;
using System.Text.Json;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>A run's record, and what it says after each thing that happens to the run.</summary>
internal static class RunRecordChanges
{
    private static readonly string Version =
        typeof(RunRecordChanges)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "unknown";

    /// <summary>Of a run that has just been accepted.</summary>
    public static RunRecord Submission(
        RunSubmission submission,
        RunSpecification specification,
        TrainingData data,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = submission.RunId,
            Name = submission.Settings.Name,
            Preset = submission.Settings.Preset,
            Tags = submission
                .Settings.Tags.Select(t => t.Split('=', 2))
                .ToDictionary(t => t[0], t => t.ElementAtOrDefault(1) ?? ""),
            Status = RunStatus.Queued,
            Specification = JsonDocument.Parse(submission.Specification).RootElement,
            SpecificationSha256 = SpecificationDocument.Hash(specification),
            Settings = submission.Settings,
            DataManifestHash = data.ManifestHash,
            SkippedImages = data.Inventory.Damaged.Count,
            PassedOver = data.Inventory.PassedOver,
            Versions = new Dictionary<string, string>
            {
                ["mmorleans"] = Version,
                ["dotnet"] = Environment.Version.ToString(),
            },
            Host = Environment.MachineName,
            Created = now,
            ClassCounts = [.. data.Counts],
            ClassNames = [.. data.ClassNames],
            Epochs = specification.TotalEpochs,
            Rounds = new RunPlan(
                specification,
                Samplers.Create(specification, data.Labels).DrawsPerEpoch
            ).Rounds,
            Parent = submission.Settings.Parent ?? submission.Settings.InitFrom,
        };

    /// <summary>Another run's past has become this one's own.</summary>
    /// <param name="record">As it was.</param>
    /// <param name="at">Where the other run was left.</param>
    /// <param name="rows">The epochs until then.</param>
    public static RunRecord Fork(RunRecord record, CheckpointManifest at, IReadOnlyList<EpochResult> rows) =>
        record with
        {
            Epoch = at.Epoch,
            Round = at.Round,
            Last = rows is [.., var last] ? last : null,
            Best = rows.Where(row => row.Accuracy is not null).MaxBy(row => row.Accuracy),
        };

    /// <summary>It is about to go on after it had ended, or been lost.</summary>
    public static RunRecord Revival(RunRecord record) =>
        record with
        {
            Error = null,
            StopReason = "",
            StateSha256 = null,
            Ended = null,
        };

    /// <summary>It is to go on when its turn comes.</summary>
    /// <param name="record">As it was.</param>
    /// <param name="settings">How it is carried out from then on.</param>
    /// <param name="from">Checkpoint that its owner wants it to begin with; null for the newest that is intact.</param>
    /// <param name="now">The time.</param>
    public static RunRecord Queue(RunRecord record, RunSettings settings, string? from, DateTimeOffset now) =>
        Revival(record) with
        {
            Settings = settings,
            Queued = now,
            ResumeFrom = from,
            WaitingFor = null,
        };

    /// <summary>Since when a run waits, and so its place among those of its priority.</summary>
    public static DateTimeOffset QueuedAt(RunRecord record) => record.Queued ?? record.Created;

    /// <summary>Its trainers are sent out.</summary>
    /// <param name="record">As it was.</param>
    /// <param name="settings">How it is carried out from now on.</param>
    /// <param name="trainers">Whom it was given.</param>
    /// <param name="attempt">Names this start.</param>
    /// <param name="isRestart">A restart is not a new stretch of training.</param>
    /// <param name="now">The time.</param>
    public static RunRecord Start(
        RunRecord record,
        RunSettings settings,
        IReadOnlyList<TrainerDescription> trainers,
        string attempt,
        bool isRestart,
        DateTimeOffset now
    ) =>
        record with
        {
            Started = record.Started ?? now,
            // Of a run that began before this was recorded nobody knows it any more.
            Fingerprint = record.Started is null
                ? trainers.Select(t => t.Fingerprint).FirstOrDefault(f => f.Length > 0)
                : record.Fingerprint,
            Begun = isRestart ? record.Begun ?? now : now,
            Attempt = attempt,
            WaitingFor = null,
            ResumeFrom = null,
            Settings = settings,
            Trainers = [.. trainers.Select(t => new RunTrainer(t.Trainer, t.Device))],
        };

    /// <summary>An epoch is done. Where it was not evaluated, what the last evaluation said stays.</summary>
    /// <param name="record">As it was.</param>
    /// <param name="epoch">What a trainer reported.</param>
    public static RunRecord Epoch(RunRecord record, EpochResult epoch) =>
        record with
        {
            Last = epoch.Kept(),
            Best =
                epoch.Accuracy is null || record.Best?.Accuracy >= epoch.Accuracy
                    ? record.Best
                    : epoch.Kept(),
            Epoch = epoch.Epoch,
            Round = epoch.Round,
            ClassAccuracy = epoch.Counts?.ClassAccuracy ?? record.ClassAccuracy,
            Confusion = epoch.Counts?.Confusion ?? record.Confusion,
            Calibration = epoch.Counts?.Calibration ?? record.Calibration,
            Margins = epoch.Counts?.Margins ?? record.Margins,
            MarginsBefore =
                (epoch.Phase == PhaseName.Main ? epoch.Counts?.Margins : null) ?? record.MarginsBefore,
        };

    /// <summary>It is over.</summary>
    public static RunRecord End(RunRecord record, RunEnd outcome, string stopReason, DateTimeOffset now) =>
        record with
        {
            StateSha256 = outcome.StateSha256,
            WaitingFor = null,
            Round = outcome.Round,
            Error = outcome.Fault,
            StopReason = stopReason,
            Ended = now,
        };
}
