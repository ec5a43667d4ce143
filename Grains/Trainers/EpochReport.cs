using MMOrleans.Grains.Telemetry;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers;

/// <summary>Puts an epoch's sums and evaluation into the numbers that are reported.</summary>
internal static class EpochReport
{
    /// <param name="at">The epoch's last round.</param>
    /// <param name="round">Completed rounds.</param>
    /// <param name="sums">Scalars of the epoch.</param>
    /// <param name="tally">What the evaluation counted; null when there was none.</param>
    /// <param name="groups">Shot groups.</param>
    /// <param name="gradientNorm">Of the last averaged gradient; NaN where rounds average parameters.</param>
    /// <param name="seconds">How long the epoch took.</param>
    /// <param name="stages">Where this trainer's time of it went.</param>
    public static EpochResult Of(
        RoundPlan at,
        long round,
        EpochSums sums,
        EvaluationTally? tally,
        ShotGroups groups,
        double gradientNorm,
        double seconds,
        StageSeconds stages
    )
    {
        var trained = new EpochResult
        {
            Epoch = at.Epoch + 1,
            Round = round,
            Phase = PhaseName.Of(at.Phase),
            LearningRate = at.LearningRate,
            TrainLoss = sums.Loss,
            TrainAccuracy = sums.Accuracy,
            Images = sums.Images,
            SampleSum = sums.SampleSum,
            Seconds = seconds,
            ImagesPerSecond = sums.Images / Math.Max(seconds, 1e-9),
        }
            .With("grad_norm", double.IsNaN(gradientNorm) ? 0 : gradientNorm)
            .With("data_seconds", stages.Data)
            .With("forward_seconds", stages.Forward)
            .With("backward_seconds", stages.Backward)
            .With("exchange_seconds", stages.Exchange)
            .With("wait_seconds", stages.Wait)
            .With("apply_seconds", stages.Apply)
            .With("evaluate_seconds", stages.Evaluate);
        return tally is null ? trained : trained.With(tally.ToEvaluation(), groups);
    }
}
