using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Coordination;

/// <summary>Trainers that hold different states after the same round: who is taken out, and when the run has to go back (invariant I2).</summary>
internal sealed class Disagreements(Roster roster, Dispute? before)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ReplayWitness _witness = new(before);
    private DateTimeOffset? _since;

    /// <summary>Takes those out whose state was not the one that the checkpoint leads to.</summary>
    public IEnumerable<Departure> Replayed(DateTimeOffset now)
    {
        var round = _witness.Round;
        foreach (var trainer in _witness.Wrong(roster.Members.Where(m => m.HoldsState)))
            if (roster.Find(trainer) is { IsIn: true } member)
                yield return roster.DismissAsWrong(
                    member,
                    $"after round {round} was not the one that the checkpoint leads to",
                    now
                );
    }

    /// <summary>The restart of a run in which a segment was given the same slots with different bytes; null when none was.</summary>
    /// <remarks>One of the two devices computed wrong. Both hold the same state, so that it is not known which, and its other results are not to be used.</remarks>
    /// <param name="term">Of the leases in force.</param>
    public CoordinationRestart? Conflict(long term) =>
        roster
            .Members.Select(m => m.Last)
            .FirstOrDefault(heartbeat =>
                heartbeat is { Conflict.Length: > 0 } && heartbeat.Lease?.Term == term
            )
            is { } conflicting
            ? new(
                $"{conflicting.Conflict}: one of the two devices computes wrong",
                new(conflicting.Round, [])
            )
            : null;

    /// <summary>Trainers that a segment found at odds in an open round: the majority's state stands, the others are taken out.</summary>
    /// <param name="departures">Takes them.</param>
    /// <param name="now">The time.</param>
    /// <param name="term">Of the leases in force: what was at odds under earlier ones is settled.</param>
    /// <param name="atOdds">The states when none has a majority; else null.</param>
    /// <returns>Whether anybody was taken out.</returns>
    public bool Settle(List<Departure> departures, DateTimeOffset now, long term, out Dispute? atOdds)
    {
        atOdds = null;
        var disputing = roster
            .Members.Where(m => m.Last is { IsDisputed: true } heartbeat && heartbeat.Lease?.Term == term)
            .ToList();
        if (disputing.Count == 0)
        {
            _since = null;
            return false;
        }

        _since ??= now;
        var round = disputing.Max(m => m.Last!.Round);
        var there = roster.Members.Where(m => m.HoldsState && m.Last!.Round >= round).ToList();
        if (there.Count < roster.Members.Count(m => m.HoldsState) && now - _since < Patience)
            return false; // others may still come to this round
        // A trainer that went on had a result of this round, as will those that are still in it and see nothing wrong.
        var content = there
            .Where(m => m.Last!.Round == round && !disputing.Contains(m))
            .Select(m => m.Last!.StateHash)
            .Distinct()
            .ToList();
        var ahead = content is [var only] ? only : UInt128.Zero;
        var right = Agreed(
            departures,
            round,
            there.ToDictionary(m => m.Trainer, m => m.Last!.Round == round ? m.Last.StateHash : ahead),
            now,
            out atOdds
        );
        if (right is null)
            return false;
        _since = null;
        return true;
    }

    /// <summary>A trainer that holds the majority's state after a round; the others are taken out.</summary>
    /// <param name="departures">Takes them.</param>
    /// <param name="round">The round.</param>
    /// <param name="states">What everybody had after it; one or more.</param>
    /// <param name="now">The time.</param>
    /// <param name="atOdds">The states when none has a majority; else null.</param>
    public Member? Agreed(
        List<Departure> departures,
        long round,
        IReadOnlyDictionary<string, UInt128> states,
        DateTimeOffset now,
        out Dispute? atOdds
    )
    {
        if (StateDispute.Minority(states) is not { } minority)
        {
            atOdds = new(round, [.. states.Select(s => new DisputedState(s.Key, s.Value))]);
            return null;
        }

        atOdds = null;
        foreach (var trainer in minority)
            departures.Add(
                roster.DismissAsWrong(
                    roster.Find(trainer)!,
                    $"after round {round} differs from the majority's",
                    now
                )
            );
        return roster.Find(states.Keys.First(trainer => !minority.Contains(trainer)));
    }

    /// <summary>Why a run has to go back.</summary>
    public static CoordinationRestart Irreconcilable(Dispute dispute) =>
        new(
            $"replicas differ after round {dispute.Round} and no state has a majority: "
                + string.Join(", ", dispute.States.Select(s => $"{s.Trainer} has {s.Hash:x32}")),
            dispute
        );
}
