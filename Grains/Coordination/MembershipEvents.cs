using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Coordination;

/// <summary>Who came to a run, who went and why, who took over, and when the others had made up for it.</summary>
/// <param name="run">The run.</param>
/// <param name="telemetry">Told of it, too.</param>
internal sealed class MembershipEvents(string run, TrainingTelemetry telemetry)
{
    private readonly Dictionary<string, Sign> _signs = [];
    private readonly Dictionary<string, DateTimeOffset> _gone = [];
    private readonly HashSet<string> _missed = []; // whose slots others compute, although they are in the run
    private readonly List<Loss> _open = [];
    private readonly List<Departed> _unknown = []; // lost before this coordinator had heard of them

    /// <summary>What it keeps: trainers that are here, trainers that are gone, and losses that are not made up for or not understood.</summary>
    public (int Here, int Gone, int Losses) Memory =>
        (_signs.Count, _gone.Count, _open.Count + _unknown.Count);

    /// <summary>Takes in what a review saw and decided.</summary>
    /// <param name="members">Trainers in the run, after it.</param>
    /// <param name="decision">What it decided.</param>
    /// <param name="isDead">Whether membership has declared a silo dead.</param>
    /// <param name="leased">The slots that a trainer is to compute, after it.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>What the run is to be told, in order.</returns>
    public IReadOnlyList<MembershipNews> Reviewed(
        IEnumerable<Member> members,
        CoordinationDecision decision,
        Func<string, bool> isDead,
        Func<string, ImmutableArray<SlotRange>> leased,
        DateTimeOffset now
    )
    {
        var present = members.Where(member => member.Last is not null).ToList();
        var round = present.Select(member => member.Last!.Round).DefaultIfEmpty(-1).Max();
        var news = new List<MembershipNews>();
        Trace(present, leased, round, news);
        foreach (var departure in decision.Departures)
        {
            var silo = PinnedKey.Silo(departure.Trainer);
            var reason = Reason(departure.Cause, isDead(silo));
            telemetry.Meter.MembershipChanged(reason);
            if (departure.Cause == DepartureCause.StateDiffers)
                telemetry.Meter.ReplicasDiffered();
            var sign = _signs.Remove(departure.Trainer, out var last) ? last : null;
            _gone[departure.Trainer] = now;
            var detected = Detected(departure.Cause, isDead(silo));
            var left = new TrainerLeft(departure.Trainer, silo, detected, departure.Reason)
            {
                Code = departure.Fault?.Code,
                SilentSeconds = sign is null ? null : (now - sign.Heard).TotalSeconds,
                QuarantineSeconds = departure.Quarantine.TotalSeconds,
            };
            var wasMissed = _missed.Remove(departure.Trainer); // its slots were recomputed then
            if (sign is null && present.Count > 0)
                _unknown.Add(new(left, reason, now));
            else
                Tell(
                    left,
                    reason,
                    sign?.Slots ?? [],
                    HeirsOf(sign?.Slots ?? []),
                    round,
                    now,
                    news,
                    wasMissed
                );
            if (departure is { Fault: { } fault, Incident: { } told })
                news.Add(new($"{fault.Code} {fault.Message}", told));
        }

        if (decision.End?.Fault is { Code: "MM4004" })
            telemetry.Meter.ReplicasDiffered();
        foreach (var member in present)
        {
            if (!_signs.TryGetValue(member.Trainer, out var before))
                telemetry.Meter.MembershipChanged("join");
            if (!member.IsMissed)
                _missed.Remove(member.Trainer);
            else if (_missed.Add(member.Trainer) && before is { Slots.IsEmpty: false } quiet)
                Miss(member, quiet);
            if (_gone.Remove(member.Trainer, out var since))
                news.Add(
                    new(
                        $"{member.Trainer} is back after {(now - since).TotalSeconds:F1} s",
                        new TrainerJoined(member.Trainer)
                    )
                );
            if (!ReferenceEquals(before?.Beat, member.Last))
                _signs[member.Trainer] = new(member.Last!, now); // a heartbeat is reviewed soon after it has come
        }

        foreach (var loss in _open.Where(loss => round > loss.Round).ToList())
        {
            _open.Remove(loss);
            var took = now - loss.Noticed;
            telemetry.Recovered(run, loss.Reason, loss.Silo, loss.Trainer, loss.Slots, took);
            if (loss.Reason != "drain")
                news.Add(
                    new(
                        $"{loss.Slots} slots of {loss.Trainer} recomputed by {string.Join(", ", loss.Heirs)}; next round after {took.TotalSeconds:F1} s",
                        new RoundHealed(loss.Trainer, loss.Slots, loss.Heirs, took.TotalSeconds)
                    )
                );
        }

        return news;

        void Miss(Member member, Sign quiet)
        {
            var count = quiet.Slots.Sum(range => range.Length);
            var (heirs, silent) = (HeirsOf(quiet.Slots), (now - quiet.Heard).TotalSeconds);
            _open.Add(new(member.Trainer, member.Silo, "suspect", count, heirs, round, now));
            news.Add(
                new(
                    $"{member.Trainer} has said nothing for {silent:F1} s and is waited for: its {count} slots are computed by {string.Join(", ", heirs)}",
                    new TrainerMissed(member.Trainer, silent, string.Join(',', quiet.Slots), count, heirs)
                )
            );
        }

        IReadOnlyList<string> HeirsOf(ImmutableArray<SlotRange> slots) =>
            [
                .. present
                    .Where(member => Overlap(leased(member.Trainer), slots))
                    .Select(member => member.Trainer),
            ];
    }

    /// <summary>
    /// A trainer that went with the coordinator before this one is reported once there are leases again: what the others have more than their heartbeats
    /// said they had was its.
    /// </summary>
    private void Trace(
        List<Member> present,
        Func<string, ImmutableArray<SlotRange>> leased,
        long round,
        List<MembershipNews> news
    )
    {
        if (_unknown.Count == 0 || present.All(member => leased(member.Trainer).IsEmpty))
            return;
        var gained = present.ToDictionary(
            member => member.Trainer,
            member =>
                LeasePlan
                    .Slots(leased(member.Trainer))
                    .Except(LeasePlan.Slots(member.Last!.Lease?.Given ?? []))
                    .ToList()
        );
        var slots = Ranges(gained.Values.SelectMany(own => own).Order());
        foreach (var (left, reason, noticed) in _unknown)
            Tell(
                left,
                reason,
                _unknown.Count == 1 ? slots : [], // of several it is not known which had which
                [.. gained.Where(own => own.Value.Count > 0).Select(own => own.Key)],
                round,
                noticed,
                news
            );
        _unknown.Clear();
    }

    private static ImmutableArray<SlotRange> Ranges(IEnumerable<int> slots)
    {
        var ranges = new List<SlotRange>();
        foreach (var slot in slots)
        {
            if (ranges is [.., var last] && last.End == slot)
                ranges[^1] = last with { End = slot + 1 };
            else
                ranges.Add(new(slot, slot + 1));
        }

        return [.. ranges];
    }

    private void Tell(
        TrainerLeft left,
        string reason,
        ImmutableArray<SlotRange> slots,
        IReadOnlyList<string> heirs,
        long round,
        DateTimeOffset noticed,
        List<MembershipNews> news,
        bool isRecomputed = false
    )
    {
        var count = slots.Sum(range => range.Length);
        if (count > 0 && !isRecomputed)
            _open.Add(new(left.Trainer, left.Silo, reason, count, heirs, round, noticed));
        news.Add(
            new(
                $"{left.Trainer} left: {left.Reason}",
                left with
                {
                    Slots = string.Join(',', slots),
                    SlotCount = count,
                    Heirs = heirs,
                }
            )
        );
    }

    private static bool Overlap(ImmutableArray<SlotRange> some, ImmutableArray<SlotRange> others) =>
        some.Any(a => others.Any(b => a.Start < b.End && b.Start < a.End));

    private static string Reason(DepartureCause cause, bool siloIsDead) =>
        cause switch
        {
            DepartureCause.Drained => "drain",
            DepartureCause.Reported or DepartureCause.SiloDead => "crash",
            _ => siloIsDead ? "crash" : "suspect",
        };

    private static string Detected(DepartureCause cause, bool siloIsDead) =>
        cause switch
        {
            DepartureCause.Drained => Detection.Drain,
            DepartureCause.StateDiffers => Detection.Replicas,
            DepartureCause.Reported => Detection.Report,
            DepartureCause.Silent => Detection.Beats,
            DepartureCause.SiloDead => Detection.Membership,
            DepartureCause.Hung => Detection.Hung,
            _ => siloIsDead ? Detection.Membership : Detection.Cut,
        };

    /// <param name="Left">What is known.</param>
    /// <param name="Reason">Why, in the metrics' word.</param>
    /// <param name="Noticed">When.</param>
    private sealed record Departed(TrainerLeft Left, string Reason, DateTimeOffset Noticed);

    /// <param name="Beat">The last heartbeat.</param>
    /// <param name="Heard">When it came. Not as the coordination counts it: people are told how long the trainer was not heard of.</param>
    private sealed record Sign(Heartbeat Beat, DateTimeOffset Heard)
    {
        /// <summary>Slots that the trainer had.</summary>
        public ImmutableArray<SlotRange> Slots => Beat.Lease?.Slots ?? [];
    }

    /// <param name="Trainer">Who.</param>
    /// <param name="Silo">Where.</param>
    /// <param name="Reason">Why, in the metrics' word.</param>
    /// <param name="Slots">How many slots it had.</param>
    /// <param name="Heirs">Who has them now.</param>
    /// <param name="Round">Completed rounds then.</param>
    /// <param name="Noticed">When.</param>
    private sealed record Loss(
        string Trainer,
        string Silo,
        string Reason,
        int Slots,
        IReadOnlyList<string> Heirs,
        long Round,
        DateTimeOffset Noticed
    );
}
