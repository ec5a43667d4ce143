namespace MMOrleans.Runs.Schedules;

/// <summary>What <c>auto</c> means for a run of so many epochs: the published 5, 160 and 180 of 200, scaled.</summary>
/// <param name="WarmupEpochs">Epochs of warm-up.</param>
/// <param name="Milestones">Epochs of the two drops.</param>
/// <param name="DeferEpoch">The DRW switch.</param>
public sealed record ScaledSchedule(int WarmupEpochs, IReadOnlyList<int> Milestones, int DeferEpoch)
{
    /// <summary>For <paramref name="epochs"/>, 1 or more. Halves round away from zero.</summary>
    /// <param name="epochs">E.</param>
    /// <param name="firstDrop">Where the rate drops, in hundredths of the run.</param>
    /// <param name="secondDrop">Where it drops again.</param>
    public static ScaledSchedule For(int epochs, int firstDrop = 80, int secondDrop = 90)
    {
        var (first, second) = (Scaled(firstDrop, epochs), Scaled(secondDrop, epochs));
        return new(Math.Max(1, (epochs + 20) / 40), [first, second], Math.Min(first, epochs - 1));
    }

    private static int Scaled(int hundredths, int epochs) => (int)((((long)hundredths * epochs) + 50) / 100);
}
