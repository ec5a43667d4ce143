using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Coordination;

/// <summary>Who came to a run, who went and why, and when the others had made up for it.</summary>
internal sealed class MembershipStory(string run, TrainingTelemetry telemetry)
{
    private readonly Dictionary<string, int> _slots = [];
    private readonly List<Loss> _open = [];

    /// <summary>Takes in what a review saw and decided.</summary>
    /// <param name="members">Trainers in the run, after it.</param>
    /// <param name="decision">What it decided.</param>
    /// <param name="isDead">Whether membership has declared a silo dead.</param>
    /// <param name="now">The time.</param>
    public void Reviewed(
        IEnumerable<Member> members,
        CoordinationDecision decision,
        Func<string, bool> isDead,
        DateTimeOffset now
    )
    {
        var beats = members
            .Select(member => member.Last)
            .OfType<Interfaces.Coordination.Heartbeat>()
            .ToList();
        var round = beats.Select(beat => beat.Round).DefaultIfEmpty(-1).Max();
        foreach (var departure in decision.Departures)
        {
            var silo = PinnedKey.Silo(departure.Trainer);
            var reason = Reason(departure, isDead(silo));
            telemetry.Meter.MembershipChanged(reason);
            if (departure.Reason.StartsWith("MM4004", StringComparison.Ordinal))
                telemetry.Meter.ReplicasDiffered();
            if (_slots.Remove(departure.Trainer, out var slots) && slots > 0)
                _open.Add(new(departure.Trainer, silo, reason, slots, round, now));
        }

        if (decision.End?.Fault is { Code: "MM4004" })
            telemetry.Meter.ReplicasDiffered();
        foreach (var beat in beats)
        {
            if (!_slots.ContainsKey(beat.Trainer))
                telemetry.Meter.MembershipChanged("join");
            _slots[beat.Trainer] = beat.Lease?.Slots.Sum(range => range.Length) ?? 0;
        }

        foreach (var loss in _open.Where(loss => round > loss.Round).ToList())
        {
            _open.Remove(loss);
            telemetry.Recovered(run, loss.Reason, loss.Silo, loss.Trainer, loss.Slots, loss.Noticed);
        }
    }

    private static string Reason(Departure departure, bool siloIsDead) =>
        departure.Reason == "drained" ? "drain"
        : siloIsDead || departure.Fault is not null ? "crash"
        : "suspect";

    /// <param name="Trainer">Who.</param>
    /// <param name="Silo">Where.</param>
    /// <param name="Reason">Why, in the metrics' word.</param>
    /// <param name="Slots">How many slots it had.</param>
    /// <param name="Round">Completed rounds then.</param>
    /// <param name="Noticed">When.</param>
    private sealed record Loss(
        string Trainer,
        string Silo,
        string Reason,
        int Slots,
        long Round,
        DateTimeOffset Noticed
    );
}
