using System.Text.Json;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>How a run's timeline words what happens.</summary>
internal static class RunEvents
{
    /// <summary>Trainers are sent out.</summary>
    /// <param name="trainers">Whom it was given.</param>
    /// <param name="checkpoint">Where it begins; null for the first round.</param>
    /// <param name="forkedFrom">The other run's checkpoint that it begins at, as <c>RUN@CHECKPOINT</c>; null unless it does.</param>
    /// <param name="reason">Why it begins again, as a clause; null when its owner wanted it.</param>
    /// <param name="continued">What was lost with that; null for a run's first start.</param>
    public static RunNews Start(
        IEnumerable<TrainerDescription> trainers,
        string? checkpoint,
        string? forkedFrom,
        string? reason,
        RunContinued? continued
    )
    {
        var from =
            forkedFrom is not null ? $"forked from {forkedFrom}"
            : checkpoint is not null ? $"resumed from {checkpoint}"
            : "started";
        var on = string.Join(", ", trainers.Select(t => $"{t.Trainer} ({t.Device})"));
        return new(
            checkpoint is null || forkedFrom is not null ? "started" : "resumed",
            $"{from} on {on}{(reason is null ? "" : $": {reason}")}",
            continued
        );
    }

    /// <summary>Its turn has not come.</summary>
    public static RunNews Wait(TimeSpan limit, Allotment allotment) =>
        new(
            "queued",
            $"waiting up to {limit.TotalSeconds:0} s for trainers: {allotment.Words}",
            new RunQueued(allotment.Reason, allotment.Detail)
        );

    /// <summary>A trainer takes part from now on.</summary>
    public static RunNews Join(TrainerDescription trainer) =>
        new("membership", $"{trainer.Trainer} ({trainer.Device}) joins", new TrainerJoined(trainer.Trainer));

    /// <summary>A newer checkpoint cannot be begun from.</summary>
    public static RunNews PassedOver(string checkpoint, string damage) =>
        new(
            "warning",
            $"MM5001 checkpoint {checkpoint} is passed over: {damage}",
            new CheckpointPassedOver(checkpoint, damage)
        );

    /// <summary>A trainer has tried to write one.</summary>
    public static RunNews Checkpoint(CheckpointReport report) =>
        report.Fault is { } fault
            ? new(
                "warning",
                $"{fault.Code} {fault.Message}; {fault.Fix}",
                new CheckpointUnwritten(report.Name, fault.Code, fault.Message, fault.Fix)
            )
            : new(
                "checkpoint",
                $"checkpoint {report.Name}, {report.Bytes / 1e6:F1} MB, {report.Seconds:F2} s"
            );

    /// <summary>Images that a run is trained without; null when there are none.</summary>
    public static RunNews? LeftOut(IReadOnlyList<string> unreadable) =>
        unreadable is [var first, ..]
            ? new(
                "warning",
                $"MM2005 {unreadable.Count} unreadable image{(unreadable.Count == 1 ? " is" : "s are")} left out, the first: {first}",
                new ImagesLeftOut(unreadable.Count, first)
            )
            : null;

    /// <summary>What lies among the images and is not read; null when there is nothing.</summary>
    public static RunNews? NoImages(IReadOnlyList<PassedOver> passedOver) =>
        passedOver.Count > 0
            ? new("data", $"not read, as neither image nor class: {string.Join("; ", passedOver)}")
            : null;

    /// <summary>The images used are not those that the samplers drew.</summary>
    public static Fault WrongImages(string run, EpochResult epoch, ulong expected) =>
        new(
            "MM9099",
            $"internal error: epoch {epoch.Epoch} used images with the sum {epoch.SampleSum:x16}, its samplers say {expected:x16}: an image was missed or repeated",
            $"its numbers are not to be used: start the run anew, and please report it with what mm logs {run} says"
        );

    /// <summary>Two trainers differ in what an epoch gave.</summary>
    public static RunNews TwoResults(int epoch) =>
        new(
            "error",
            $"MM4004 epoch {epoch} was reported twice with different numbers",
            new EpochDisputed(epoch)
        );

    /// <summary>The schedule is in another phase with this epoch; null while it is not.</summary>
    /// <param name="before">Phase of the epoch before; null for the first.</param>
    /// <param name="now">The epoch that was reported.</param>
    public static RunNews? Phase(string? before, EpochResult now) =>
        now.Phase == (before ?? PhaseName.Main)
            ? null
            : new(
                "phase",
                now.Phase switch
                {
                    PhaseName.Deferred => $"re-weighting from epoch {now.Epoch} on",
                    PhaseName.Pretraining =>
                        "rotation pre-training comes first: accuracies are of telling turns",
                    _ => $"pre-training is over: the method from epoch {now.Epoch} on",
                }
            );

    /// <summary>It is over.</summary>
    public static RunNews End(RunEnd outcome)
    {
        var state = outcome.State.Word();
        return new(
            outcome.State switch
            {
                RunStatus.Finished => "finished",
                RunStatus.Stopped => "stopped",
                _ => "error",
            },
            outcome.Fault is { } fault
                ? $"{fault.Code} {fault.Message}"
                : $"{state} after {outcome.Round} rounds",
            outcome.Incident ?? new RunEnded(state, outcome.Fault?.Code)
        );
    }
}
