using System.Runtime.InteropServices;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>What a trainer does at an epoch's end: classifies its share of the test images, and closes the epoch with a report and a checkpoint.</summary>
internal sealed class EpochWork(
    DeviceWatch device,
    Replica replica,
    ExchangePlan plan,
    EvaluationShape evaluation,
    ShotGroups groups,
    SlotImages images,
    StateTransfer state,
    CheckpointSaver saver,
    EpochReporter reporter,
    RoundClock clock,
    RoundTelemetry telemetry
)
{
    private const int TestBatch = 200;

    private volatile bool _isEvaluating;

    /// <summary>Whether test images are being classified.</summary>
    public bool IsEvaluating => _isEvaluating;

    /// <summary>Reports epochs that the run has not been told of yet, if this is the trainer that does.</summary>
    public void Report(long? writingTerm)
    {
        if (writingTerm is not null)
            reporter.Begin();
    }

    /// <summary>Classifies the test images of slots by the state held, and sums the counts along the averaging tree.</summary>
    /// <returns>As few blocks as can be.</returns>
    public async Task<IReadOnlyList<OwnBlock>> EvaluateAsync(
        ComputeSlots action,
        CancellationToken cancellationToken
    )
    {
        _isEvaluating = true;
        clock.Evaluating();
        var values = new Dictionary<int, (LentArray, EpochSums)>();
        foreach (var slot in action.Slots)
        {
            var tally = await EvaluateAsync(slot, cancellationToken);
            var vector = new byte[plan.VectorBytes(ExchangeKind.Evaluation)];
            tally.CopyTo(MemoryMarshal.Cast<byte, double>(vector.AsSpan()));
            values[slot] = (new(vector), new(0, tally.Images, 0, 0, 0));
        }

        return SlotSums.Fold<double>(plan.Slots, values);
    }

    /// <summary>Closes an epoch: its sums, its report, its checkpoint.</summary>
    /// <returns>The state held then.</returns>
    public async Task<TrainerState> CloseAsync(CloseEpoch action, CancellationToken cancellationToken)
    {
        _isEvaluating = false;
        var closing = state.Now;
        var round = closing.Position.Round;
        var at = plan.Run.At(round - 1);
        var (seconds, stages) = clock.NextEpoch();
        var epoch = action.Missed
            ? null
            : EpochReport.Of(
                at,
                round,
                closing.Sums,
                action.Counts is { } counts
                    ? EvaluationTally.From(evaluation, MemoryMarshal.Cast<byte, double>(counts.Span))
                    : null,
                groups,
                closing.GradientNorm,
                seconds,
                stages
            );
        var next = await device.RunAsync(
            DeviceWork.Epoch,
            1,
            () =>
            {
                if (epoch is not null)
                    epoch = epoch.With("weight_norm", replica.WeightNorm());
                return state.CloseEpoch();
            }
        );
        telemetry.EpochClosed(
            epoch,
            plan.Run.RoundsPerEpoch,
            images.TestImages,
            clock,
            leads: action.WritingTerm is not null
        );
        if (epoch is not null)
            reporter.Add(epoch);
        if (action.WritingTerm is not { } term)
            return next;
        reporter.Begin();
        if (round == plan.End)
            await reporter.FinishAsync(cancellationToken); // there is no later round to say it in
        if (round != plan.End && !saver.IsDue(round, at.Epoch + 1))
            return next;
        var copy = await state.CopyAsync();
        if (action.Counts is null && round < plan.End)
            saver.Hold(copy, term);
        else
            saver.Begin(copy, term); // an evaluation is an exchange, too
        return next;
    }

    private async Task<EvaluationTally> EvaluateAsync(int slot, CancellationToken cancellationToken)
    {
        var tally = new EvaluationTally(evaluation);
        var start = (int)((long)slot * images.TestImages / plan.Slots);
        var end = (int)((long)(slot + 1) * images.TestImages / plan.Slots);
        var next = Read(start);
        while (next is not null)
        {
            var batch = await next;
            start += batch.Rows;
            next = Read(start);
            await device.RunAsync(
                DeviceWork.Evaluation,
                batch.Rows,
                () =>
                {
                    replica.Inference.Evaluate(batch, tally);
                    return true;
                }
            );
            SlotImages.Return(batch);
        }

        return tally;

        Task<Batch>? Read(int from) =>
            from < end
                ? images.ReadTestAsync(from, Math.Min(TestBatch, end - from)).WaitAsync(cancellationToken)
                : null;
    }
}
