using System.Globalization;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Trainers that took longer for an image than the others, again and again, and that the others waited for.</summary>
internal static class Stragglers
{
    private const int Looked = 5; // newest epochs
    private const int Least = 2; // of them, so that one bad moment is not a habit
    private const double Slower = 1.3; // than the median of the others

    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var epochs = evidence
            .Events.Where(happened => happened.Event == "epoch")
            .TakeLast(Looked)
            .Select(TrainerShare.Of)
            .Where(shares => shares.Count(Computes) > 1)
            .ToList();
        if (epochs.Count < Least)
            yield break;
        foreach (var trainer in epochs[^1].Where(Computes).Select(share => share.Trainer))
        {
            var seen = epochs.Select(shares => Ratio(shares, trainer)).OfType<Pace>().ToList();
            if (
                seen.Count(pace => pace.Times >= Slower) is var often
                && (often < Least || 2 * often <= epochs.Count)
            )
                continue;
            var pace = seen.MaxBy(p => p.Times)!;
            var waited = epochs[^1].Where(s => s.Trainer != trainer && Computes(s)).Average(s => s.Wait);
            yield return new(
                "straggler",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{trainer} is {seen.Average(p => p.Times):0.0} times as slow as the others, in {(pace.IsInData ? "waiting for images" : "computing")}."
                )
            )
            {
                Trainer = trainer,
                Evidence =
                [
                    new(
                        "an image takes",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{pace.Own * 1000:0.0} ms there, {pace.Others * 1000:0.0} ms with the others (median)"
                        )
                    ),
                    new("seen in", $"{often} of the last {Words.Count(epochs.Count, "epoch")}"),
                    new("the others", $"wait {Words.Percent(waited)} of their time"),
                ],
                Next = evidence.Mm("logs", $" --trainer {trainer}"),
            };
        }
    }

    private static Pace? Ratio(IReadOnlyList<TrainerShare> shares, string trainer)
    {
        var own = shares.FirstOrDefault(share => share.Trainer == trainer && Computes(share));
        var others = shares.Where(share => share.Trainer != trainer && Computes(share)).ToList();
        if (own is null || others.Count == 0)
            return null;
        var (mine, theirs) = (Busy(own), Median(others.Select(Busy)));
        var data = OfImage(own, own.Data) - Median(others.Select(share => OfImage(share, share.Data)));
        return theirs > 0 ? new(mine / theirs, mine, theirs, 2 * data > mine - theirs) : null;
    }

    private static double Busy(TrainerShare share) => OfImage(share, share.Data + share.Compute);

    // By images, not by rounds: a trainer that has just joined has followed rounds without computing any.
    private static double OfImage(TrainerShare share, double part) => part / share.ImagesPerSecond;

    private static bool Computes(TrainerShare share) => share is { Slots: > 0, ImagesPerSecond: > 0 };

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <param name="Times">As long as the others.</param>
    /// <param name="Own">Seconds for an image.</param>
    /// <param name="Others">The same of the others' median.</param>
    /// <param name="IsInData">Whether most of the difference is in waiting for images.</param>
    private sealed record Pace(double Times, double Own, double Others, bool IsInData);
}
