using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Coordination;

/// <summary>One picture of a run from what its trainers said.</summary>
internal static class ProgressOf
{
    /// <summary>The furthest trainer's progress, everybody's status, and their speeds together.</summary>
    public static RunProgress Run(IEnumerable<Member> members)
    {
        var beats = members
            .Select(s => s.Last)
            .OfType<Heartbeat>()
            .OrderBy(b => b.Trainer, StringComparer.Ordinal)
            .ToList();
        var statuses = beats.Select(b => b.Status).OfType<TrainerStatus>().ToImmutableArray();
        var ahead = beats.Where(b => b.Progress is not null).MaxBy(b => b.Round)?.Progress ?? new();
        return ahead with
        {
            Trainers = statuses,
            ImagesPerSecond = statuses.Sum(s => double.IsFinite(s.ImagesPerSecond) ? s.ImagesPerSecond : 0),
        };
    }
}
