using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Coordination;

/// <summary>One picture of a run from what its trainers said.</summary>
internal static class RunProgressSummary
{
    /// <summary>The furthest trainer's progress, everybody's status, and their speeds together.</summary>
    /// <param name="members">By name.</param>
    public static RunProgress Run(IEnumerable<Member> members)
    {
        var heartbeats = members.Select(s => s.Last).OfType<Heartbeat>().ToList();
        var statuses = heartbeats.Select(b => b.Status).OfType<TrainerStatus>().ToImmutableArray();
        var ahead = heartbeats.Where(b => b.Progress is not null).MaxBy(b => b.Round)?.Progress ?? new();
        return ahead with
        {
            Trainers = statuses,
            ImagesPerSecond = statuses.Sum(s => double.IsFinite(s.ImagesPerSecond) ? s.ImagesPerSecond : 0),
        };
    }

    /// <summary>What was told last, moved on to where the run ended.</summary>
    /// <param name="last">May be rounds ago, or from before any trainer knew its plan.</param>
    /// <param name="round">Rounds completed.</param>
    /// <param name="rounds">Of the run.</param>
    /// <param name="epochs">Of the run, 1 or more.</param>
    public static RunProgress End(RunProgress last, long round, long rounds, int epochs)
    {
        var perEpoch = rounds / epochs;
        var epochsBefore = Math.Max(0, round - 1) / perEpoch;
        return last with
        {
            Round = round,
            Rounds = rounds,
            RoundsPerEpoch = (int)perEpoch,
            Epochs = epochs,
            Epoch = (int)epochsBefore + 1,
            RoundOfEpoch = (int)(round - (epochsBefore * perEpoch)),
        };
    }
}
