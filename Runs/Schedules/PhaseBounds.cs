namespace MMOrleans.Runs.Schedules;

/// <summary>Where a run's phases begin: pre-training, then the method, then its deferred phase.</summary>
/// <param name="FirstMain">First round, or epoch, of the method; 0 unless there is pre-training.</param>
/// <param name="FirstDeferred">First of the deferred phase, which is the DRW switch; past the end when there is none.</param>
public readonly record struct PhaseBounds(long FirstMain, long FirstDeferred)
{
    /// <summary>One phase, the method's.</summary>
    public static PhaseBounds None { get; } = new(0, long.MaxValue);

    /// <summary>The phase of a round, or of an epoch, as these are.</summary>
    public Phase Of(long number) =>
        number < FirstMain ? Phase.Pretraining
        : number >= FirstDeferred ? Phase.Deferred
        : Phase.Main;
}
