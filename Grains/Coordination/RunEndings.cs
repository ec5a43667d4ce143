using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Coordination;

/// <summary>Decides how a run ends: finished, stopped or failed, after which round, and with whose state.</summary>
/// <param name="run">The run's id.</param>
/// <param name="rounds">Of the run.</param>
/// <param name="roster">Its trainers.</param>
/// <param name="disagreements">Takes those out whose state differs from the majority's.</param>
internal sealed class RunEndings(string run, long rounds, Roster roster, Disagreements disagreements)
{
    /// <summary>The end of a stop when nobody who held the state is left.</summary>
    public CoordinationEnd StoppedWithoutState => new(RunStatus.Stopped, roster.HighestRound, null, null);

    /// <summary>The end by a fault that every trainer would meet.</summary>
    public CoordinationEnd Broken(Heartbeat heartbeat) =>
        new(RunStatus.Failed, roster.HighestRound, null, heartbeat.Fault) { Incident = heartbeat.Incident };

    /// <summary>The end by want of trainers; of a run's only one, by its fault.</summary>
    /// <param name="departures">Of this review.</param>
    /// <param name="wanted">Trainers that the run needs.</param>
    public CoordinationEnd Failed(IReadOnlyList<Departure> departures, int wanted) =>
        departures is [{ Fault: { } fault } only] && roster.Everybody.Count == 1
            ? new(RunStatus.Failed, roster.HighestRound, null, fault) { Incident = only.Incident }
            : new(
                RunStatus.Failed,
                roster.HighestRound,
                null,
                new(
                    "MM4002",
                    $"{roster.Members.Count()} of {roster.Everybody.Count} trainers are left, {wanted} {(wanted == 1 ? "is" : "are")} wanted: "
                        + string.Join(
                            "; ",
                            roster.Everybody.Where(m => !m.IsIn).Select(m => $"{m.Trainer}: {m.Reason}")
                        ),
                    $"mm logs {run} says more; then mm resume {run}"
                )
            );

    /// <summary>
    /// The end of a stop: known once everybody who holds a state has paused, at the highest completed round. Where nobody knows which of
    /// several states is right, none is saved, and a resumption goes back to the newest checkpoint.
    /// </summary>
    public CoordinationEnd? Stopped(List<Departure> departures, DateTimeOffset now)
    {
        if (PausedAhead(departures, now, out var atOdds) is { Last: { } last } ahead)
            return new(RunStatus.Stopped, last.Round, last.StateSha256, null, ahead.Trainer);
        return atOdds is null ? null : StoppedWithoutState;
    }

    /// <summary>The trainers that hold the furthest state, once all have paused; those who differ from the majority there are taken out.</summary>
    public Member? PausedAhead(List<Departure> departures, DateTimeOffset now, out Dispute? atOdds)
    {
        atOdds = null;
        var holders = roster.Members.Where(m => m.Last is not { Stage: TrainerStage.Joining }).ToList();
        if (
            holders.Count == 0
            || !holders.All(m => m.Last is { Stage: TrainerStage.Paused or TrainerStage.Done })
        )
            return null;
        var furthest = holders.Max(m => m.Progress);
        return disagreements.Agreed(
            departures,
            furthest.Round,
            holders.Where(m => m.Progress == furthest).ToDictionary(m => m.Trainer, m => m.Last!.StateHash),
            now,
            out atOdds
        );
    }

    /// <summary>The end of a run: every trainer that has its state holds the last one, and it is one. It is on disk before it counts.</summary>
    public CoordinationEnd? Finished(
        List<Departure> departures,
        long term,
        DateTimeOffset now,
        out Dispute? atOdds
    )
    {
        atOdds = null;
        if (roster.HighestRound < rounds)
            return null;
        var holders = roster.Members.Where(m => m.HoldsState).ToList();
        if (
            term == 0
            || holders.Count == 0
            || holders.Any(m => m.Last is not { Stage: TrainerStage.Done, StateSha256: not null })
        )
            return null;
        return
            disagreements.Agreed(
                departures,
                rounds,
                holders.ToDictionary(m => m.Trainer, m => m.Last!.StateHash),
                now,
                out atOdds
            )
                is { Last: { } last } holder
            ? new(RunStatus.Finished, rounds, last.StateSha256, null, holder.Trainer)
            : null;
    }
}
