using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Grains.Clusters;

/// <summary>Which trainers a run gets: the whole gang it needs at least, or none and the reason.</summary>
internal static class TrainerAllotment
{
    /// <summary>Decides; what the run holds already stays with it, and free ones of the same build come to it up to its most.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="all">Every trainer of the cluster.</param>
    /// <param name="min">Fewest, 1 or more.</param>
    /// <param name="max">Most; 0 for no limit.</param>
    public static Allotment Decide(string runId, IReadOnlyList<TrainerDescription> all, int min, int max)
    {
        var own = all.Where(t => t.RunId == runId).ToList();
        var free = all.Where(t => t.RunId.Length == 0).ToList();
        // Equal bits need equal kernels, so a gang is of one build; the largest such group serves best.
        var gang =
            own.Count > 0
                ? [.. own, .. free.Where(t => t.Fingerprint == own[0].Fingerprint)]
                : free.GroupBy(t => t.Fingerprint)
                    .OrderByDescending(g => g.Count())
                    .ThenBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => g.ToList())
                    .FirstOrDefault([]);
        if (gang.Count < min)
        {
            var busy = all.Where(t => t.RunId.Length > 0 && t.RunId != runId)
                .GroupBy(t => t.RunId)
                .Select(g => $"{g.Count()} busy with {g.Key}")
                .ToList();
            return new(
                [],
                free.Count,
                $"wanted {min} trainers, have {gang.Count}"
                    + (busy.Count > 0 ? $" ({string.Join(", ", busy)})" : "")
            );
        }

        return new([.. gang.Take(max == 0 ? gang.Count : max)], free.Count, "");
    }
}
