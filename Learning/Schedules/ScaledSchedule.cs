namespace MMOrleans.Learning.Schedules;

/// <summary>What <c>auto</c> means for a run of so many epochs: the published 5, 160 and 180 of 200, scaled.</summary>
/// <param name="WarmupEpochs">Epochs of warm-up.</param>
/// <param name="Milestones">Epochs of the two drops.</param>
/// <param name="DeferEpoch">The DRW switch.</param>
public sealed record ScaledSchedule(int WarmupEpochs, IReadOnlyList<int> Milestones, int DeferEpoch)
{
    /// <summary>For <paramref name="epochs"/>, 1 or more. Halves round away from zero.</summary>
    public static ScaledSchedule For(int epochs)
    {
        var (first, second) = (((8 * epochs) + 5) / 10, ((9 * epochs) + 5) / 10);
        return new(Math.Max(1, (epochs + 20) / 40), [first, second], Math.Min(first, epochs - 1));
    }
}
