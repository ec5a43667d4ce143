using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Runs;

/// <summary>Says how late a run's checkpoints are, in the intervals that its owner chose: at most about 1 while all is well.</summary>
internal static class CheckpointLag
{
    /// <param name="policy">When checkpoints are due.</param>
    /// <param name="rounds">Rounds since the newest one.</param>
    /// <param name="roundsPerEpoch">Rounds of an epoch, 1 or more.</param>
    /// <param name="elapsed">Time since the newest one.</param>
    public static double Of(CheckpointPolicy policy, long rounds, int roundsPerEpoch, TimeSpan elapsed) =>
        policy switch
        {
            { EveryRounds: { } every } => (double)rounds / every,
            { EveryTime: { } every } => elapsed / every,
            _ => (double)rounds / roundsPerEpoch / (policy.EveryEpochs ?? 1),
        };
}
