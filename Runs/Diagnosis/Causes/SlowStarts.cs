using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Long ways to the first round: images to open, trainers to wait for.</summary>
internal static class SlowStarts
{
    private const double Long = 30; // seconds; opening CIFAR and libtorch takes some

    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        foreach (var (happened, began) in evidence.All<RunBegan>().Where(found => found.What.Seconds > Long))
            yield return new(
                "slow_start",
                $"The first round was done {Words.Seconds(began.Seconds)} after the start, at {Words.Time(happened.Time)}."
            )
            {
                Time = happened.Time,
                Evidence =
                [
                    new("within", "opening the images, loading the native library and the state, the round"),
                ],
                Next = evidence.Mm("logs"),
            };

        var started = evidence.Events.LastOrDefault(e => e.Event is "started" or "resumed");
        if (evidence is { IsLive: true, Record.Status: RunStatus.Starting } && started is not null)
            yield return new(
                "waiting",
                $"No round is done yet: the trainers have been starting for {Words.Seconds((evidence.Now - started.Time).TotalSeconds)}."
            )
            {
                Time = started.Time,
                Evidence =
                [
                    new(
                        "trainers",
                        Words.List([.. evidence.Record.Trainers.Select(t => $"{t.Trainer} on {t.Device}")])
                    ),
                ],
                Next = evidence.Mm("watch"),
            };
    }
}
