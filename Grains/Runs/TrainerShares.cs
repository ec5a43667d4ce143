using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Grains.Runs;

/// <summary>Where every trainer's time goes, as an epoch's event keeps it.</summary>
internal static class TrainerShares
{
    /// <summary>Of those who have completed a round.</summary>
    public static IEnumerable<TrainerShare> Of(RunProgress progress) =>
        progress
            .Trainers.Where(status => status.RoundSeconds > 0)
            .Select(status => new TrainerShare(
                status.Trainer,
                status.Slots.Sum(range => range.Length),
                status.ImagesPerSecond,
                status.RoundSeconds,
                status.DataShare,
                status.ComputeShare,
                status.ExchangeShare,
                status.WaitShare
            ));
}
