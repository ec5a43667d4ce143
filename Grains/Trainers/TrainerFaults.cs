using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Trainers;

/// <summary>What stopped a trainer, in words for the run's owner.</summary>
/// <param name="Fault">What happened, why, and what to do.</param>
/// <param name="IsOfTheRun">Whether any trainer would meet it, so that giving its slots to others is useless.</param>
/// <param name="Incident">The same for programs; null for none.</param>
internal sealed record TrainerFault(Fault Fault, bool IsOfTheRun, Incident? Incident = null);

/// <summary>Says what an exception means that stopped a trainer.</summary>
/// <param name="run">The run.</param>
/// <param name="device">The trainer's.</param>
internal sealed class TrainerFaults(string run, TrainingDevice device)
{
    /// <param name="exception">What was thrown.</param>
    /// <param name="work">What the trainer worked with; null when it had not come that far.</param>
    public TrainerFault Diagnose(Exception exception, TrainerWork? work) =>
        exception switch
        {
            NonFiniteLossException loss when work is not null => Diverged(loss, work),
            OtherImagesException others => new(
                new(
                    "MM2002",
                    $"{device.Trainer}: {others.Message}",
                    "give this machine the images that the run began with; the run goes on without it"
                ),
                IsOfTheRun: false
            ),
            FaultException fault => new(fault.Fault, IsOfTheRun: true),
            _ when OutOfMemory.Of(exception) is var (wanted, free) => new(
                new(
                    "MM4001",
                    $"{device.Trainer} ran out of memory: {FirstLine(exception.Message)}",
                    "a smaller --batch-size, more slots, or fewer trainers on this machine"
                ),
                IsOfTheRun: false,
                new MemoryExhausted(device.Trainer, device.Name, wanted, free)
            ),
            _ => new(
                new(
                    "MM9099",
                    $"internal error in {device.Trainer}: {exception.GetType().Name}: {exception.Message}",
                    $"mm logs {run} has the details; please report it"
                ),
                IsOfTheRun: false
            ),
        };

    private TrainerFault Diverged(NonFiniteLossException loss, TrainerWork work)
    {
        var round = work.State.Now.Position.Round;
        var at = work.Plan.Run.At(Math.Min(round, work.Plan.Run.Rounds - 1));
        return new(
            new(
                "MM4003",
                $"loss is not finite at epoch {at.Epoch + 1}, round {round}, trainer {device.Trainer}: {loss.Message}",
                $"mm resume {run} goes on from the last good checkpoint; to get past it start anew with "
                    + "--set optimiser.clip_norm=5 or a lower --lr"
            ),
            IsOfTheRun: true,
            new LossNotFinite(
                device.Trainer,
                at.RoundOfEpoch + 1,
                loss.Where,
                at.LearningRate,
                [.. work.Rounds.LastGradientNorms]
            )
        );
    }

    // The native library adds its own stack.
    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd('.');
}
