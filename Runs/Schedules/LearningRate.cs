using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Schedules;

/// <summary>The learning rate of every epoch.</summary>
/// <remarks>
/// Warm-up: base · (e + 1) / W for e &lt; W, or with a factor f base · ((1 − e/W) · f + e/W), as in megvii-research/BBN. Then <c>step</c> takes the next factor from each milestone on; <c>cosine</c> falls to 0
/// over the epochs left; <c>constant</c> stays. Source: kaidic/LDAM-DRW, <c>adjust_learning_rate</c>.
/// </remarks>
public sealed class LearningRate(ScheduleSpecification schedule, double baseRate, int epochs)
{
    /// <summary>Rate during <paramref name="epoch"/>, counted from 0.</summary>
    public double At(int epoch)
    {
        if (epoch < schedule.WarmupEpochs)
            return schedule.WarmupFactor is { } factor
                ? baseRate * Between(factor, 1, (double)epoch / schedule.WarmupEpochs)
                : baseRate * (epoch + 1) / schedule.WarmupEpochs;
        return schedule.Kind switch
        {
            "step" => Stepped(epoch),
            "cosine" => baseRate
                / 2
                * (
                    1
                    + Math.Cos(
                        Math.PI
                            * (epoch - schedule.WarmupEpochs)
                            / Math.Max(1, epochs - schedule.WarmupEpochs)
                    )
                ),
            "constant" => baseRate,
            _ => throw new ArgumentException(
                $"'{schedule.Kind}' is not a schedule: step, cosine or constant."
            ),
        };
    }

    private static double Between(double from, double to, double share) =>
        ((1 - share) * from) + (share * to);

    private double Stepped(int epoch)
    {
        var passed = schedule.Milestones.Count(m => epoch >= m);
        if (passed > 0 && schedule.Factors is { } factors)
            return baseRate * factors[passed - 1];
        // Multiplied one by one: a power's last bit differs between platforms.
        var rate = baseRate;
        for (var i = 0; i < passed; i++)
            rate *= schedule.Factor;
        return rate;
    }
}
