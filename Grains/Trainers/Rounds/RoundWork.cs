using System.Runtime.InteropServices;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>What a trainer does in a round: computes its slots, and steps with the average of everybody's.</summary>
/// <remarks>What is computed is a function of (specification, round, slot) and of the state, and of nothing else.</remarks>
internal sealed class RoundWork(
    DeviceWatch device,
    Replica replica,
    ExchangePlan plan,
    DeferredReweighting weights,
    SlotImages images,
    StateTransfer state,
    CheckpointSaver saver,
    RoundClock clock,
    RoundTelemetry telemetry
)
{
    private const int NormsKept = 8;
    private static readonly double[] RotationWeights = [.. Enumerable.Repeat(1.0, Rotation.Classes)];

    private readonly Queue<double> _norms = new();

    /// <summary>Norms of the last averaged gradients, oldest first; of rounds that average parameters there are none.</summary>
    public IReadOnlyCollection<double> LastGradientNorms => _norms;

    /// <summary>Computes slots of a round from the state held, and sums them along the averaging tree.</summary>
    /// <returns>As few blocks as can be.</returns>
    public async Task<IReadOnlyList<OwnBlock>> ComputeAsync(
        ComputeSlots action,
        CancellationToken cancellationToken
    )
    {
        var at = plan.Run.At(action.Exchange.Number);
        telemetry.Computing(at, images.Ready);
        clock.Fetching();
        var batches = new IReadOnlyList<Batch>[action.Slots.Length];
        for (var i = 0; i < batches.Length; i++)
            batches[i] = await images.GetAsync(at.Round, action.Slots[i]).WaitAsync(cancellationToken);
        if (at.Round + 1 < plan.End)
            images.Prefetch(at.Round + 1, action.Slots);
        clock.Computing();
        var (blocks, forwardSeconds) = await device.RunAsync(
            DeviceWork.Slots,
            batches.Length,
            () => (Compute(action, batches, at), replica.TakeForwardSeconds())
        );
        clock.Exchanging(batches.Sum(steps => steps.Sum(step => step.Rows)), forwardSeconds);
        return blocks;
    }

    /// <summary>Steps from the state of a round to that of the next.</summary>
    /// <returns>The state held then.</returns>
    public async Task<TrainerState> ApplyAsync(ApplyRound action)
    {
        var at = plan.Run.At(action.Round);
        clock.Applying(action.WaitedSeconds);
        var next = await device.RunAsync(
            DeviceWork.Step,
            1,
            () =>
            {
                replica.Apply<float>(
                    MemoryMarshal.Cast<byte, float>(action.Averaged.Span),
                    at.LearningRate,
                    at.Phase,
                    at.EndsPretraining
                );
                Keep(replica.LastGradientNorm);
                return state.Advance(at.Round, action.Total);
            }
        );
        saver.Confirm(); // every trainer of this round started from the state that waits to be written
        images.Forget(next.Position.Round);
        telemetry.Closed(at, clock, leads: action.WritingTerm is not null);
        if (
            !next.Position.Closing
            && action.WritingTerm is { } term
            && saver.IsDue(next.Position.Round, null)
        )
            saver.Hold(await state.CopyAsync(), term);
        return next;
    }

    /// <summary>On the device's thread: every slot from the same state, then the aligned sums.</summary>
    private IReadOnlyList<OwnBlock> Compute(ComputeSlots action, IReadOnlyList<Batch>[] batches, RoundPlan at)
    {
        var classWeights = at.Phase == Phase.Pretraining ? RotationWeights : weights.At(at.MethodEpoch);
        var values = new Dictionary<int, (LentArray, EpochSums)>();
        for (var i = 0; i < batches.Length; i++)
        {
            var sums = replica.Compute(
                batches[i],
                classWeights,
                at.LearningRate,
                MemoryMarshal.Cast<byte, float>(action.Arrays[i].Bytes),
                plan.Run.StepsBefore(at),
                at.MethodEpoch,
                at.Phase
            );
            values[action.Slots[i]] = (action.Arrays[i], sums);
        }

        return SlotSums.Fold<float>(plan.Slots, values);
    }

    /// <summary>On the device's thread.</summary>
    private void Keep(double norm)
    {
        if (double.IsNaN(norm))
            return;
        _norms.Enqueue(norm);
        if (_norms.Count > NormsKept)
            _norms.Dequeue();
    }
}
