using MMOrleans.Grains.DataShards;
using MMOrleans.Runs.Checkpoints;

namespace MMOrleans.Grains.Runs;

/// <summary>What a run goes on from.</summary>
/// <param name="Data">Its images.</param>
/// <param name="From">Its checkpoint; null for the beginning.</param>
/// <param name="Damaged">Newer ones of the folder that were passed over.</param>
/// <param name="DamagedInStore">Newer ones of the bucket that were passed over, each with what is wrong.</param>
internal sealed record OpenedResumption(
    TrainingData Data,
    CheckpointEntry? From,
    IReadOnlyList<CheckpointEntry> Damaged,
    IReadOnlyList<(string Name, string Damage)> DamagedInStore
)
{
    /// <summary>All that were passed over; the folder's are read once more when this is walked through.</summary>
    public IEnumerable<(string Name, string Damage)> PassedOver =>
        Damaged.Select(entry => (entry.Name, entry.Damage() ?? "damaged")).Concat(DamagedInStore);
}
