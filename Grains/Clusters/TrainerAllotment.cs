using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Grains.Clusters;

/// <summary>Which trainers a run gets: the whole gang it needs at least, or none and the reason.</summary>
internal static class TrainerAllotment
{
    /// <summary>Decides; what the run holds already stays with it, and free ones of the same build come to it up to its most.</summary>
    /// <remarks>
    /// Nobody overtakes: a run that could do with the few trainers that are free waits while one before it waits for more, or large runs
    /// would never come to begin. One that wants trainers of another build than those that are given loses nothing by it.
    /// </remarks>
    /// <param name="request">The run's.</param>
    /// <param name="all">Every trainer of the cluster.</param>
    /// <param name="queue">Runs that wait, in any order; itself may be among them.</param>
    public static Allotment Decide(
        TrainerRequest request,
        IReadOnlyList<TrainerDescription> all,
        IReadOnlyCollection<WaitingRun> queue
    )
    {
        var (run, min, max) = (request.RunId, request.MinTrainers, request.MaxTrainers);
        // A trajectory goes on where its bits came from, or not at all.
        bool Fits(TrainerDescription trainer) =>
            request.Fingerprint is null || trainer.Fingerprint == request.Fingerprint;
        var own = all.Where(t => t.RunId == run && Fits(t)).ToList();
        var free = all.Where(t => t.RunId.Length == 0 && Fits(t)).ToList();
        var unfit = all.Where(t => (t.RunId.Length == 0 || t.RunId == run) && !Fits(t)).ToList();
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
            return new(
                [],
                free.Count,
                $"wanted {Trainers(min)}, have {gang.Count}",
                string.Join(
                    ", ",
                    all.Where(t => t.RunId.Length > 0 && t.RunId != run)
                        .GroupBy(t => t.RunId)
                        .Select(g => $"{g.Count()} busy with {g.Key}")
                        .Concat(
                            unfit
                                .GroupBy(t => t.Fingerprint)
                                .Select(g =>
                                    $"{g.Count()} of another build or device: {g.Key}, where the run was started on {request.Fingerprint}"
                                )
                        )
                ),
                unfit.Count == 0
                    ? ""
                    : $"start a silo of that build and with such devices, since others would compute other bits; or begin a new run with its weights: mm train --set model.init_from={run}"
            );

        var others = queue
            .Where(waiting =>
                waiting.RunId != run
                && (waiting.Fingerprint is null || waiting.Fingerprint == gang[0].Fingerprint)
            )
            .ToList();
        // A run that was given its gang has had its turn, whatever it asks for next.
        if (request.Claim == TrainerClaim.Begun || own.Count >= min)
            return new(
                [
                    .. gang.Take(
                        others.Count > 0 ? Math.Max(min, own.Count)
                        : max == 0 ? gang.Count
                        : max
                    ),
                ],
                free.Count,
                ""
            );
        return
            others.Where(w => w.IsBefore(run, request.Priority, request.Since)).ToList()
                is [var first, .. var rest]
            ? new(
                [],
                free.Count,
                $"wanted {Trainers(min)}, have {gang.Count}",
                $"{first.RunId}{(rest.Count > 0 ? $" and {rest.Count} more" : "")} before it, for {Trainers(first.MinTrainers)}"
            )
            : new([.. gang.Take(max == 0 ? gang.Count : max)], free.Count, "");
    }

    private static string Trainers(int count) => count == 1 ? "1 trainer" : $"{count} trainers";
}
