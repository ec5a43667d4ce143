using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>What must hold of leases while a schedule is played, whatever the rounds come to.</summary>
internal sealed class LeaseRules(Schedule schedule)
{
    /// <summary>After patience: a heartbeat on its way, two reviews, and what a slow message takes.</summary>
    private static readonly TimeSpan Notices = TimeSpan.FromSeconds(2);

    /// <summary>Most that a trainer copies a state for where nothing is in its way; three seconds are usual.</summary>
    private static readonly TimeSpan Joins = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (int Life, DateTimeOffset Since)> _joining = [];
    private readonly Dictionary<(long Term, string Trainer), string> _said = [];
    private readonly HashSet<long> _written = [];
    private readonly Dictionary<RunCoordination, (DateTimeOffset From, DateTimeOffset Last)> _attended = [];
    private DateTimeOffset _storeWasAway = DateTimeOffset.MinValue;

    /// <summary>A term is in the store.</summary>
    public void Written(long term) => _written.Add(term);

    /// <summary>A lease goes out: its term is written, unless the store is away, and says one thing for good.</summary>
    public void Announced(string trainer, Lease lease)
    {
        if (schedule.StoreIsAway)
            _storeWasAway = schedule.Time.Now;
        // A store that is back is tried within a second, and by a review.
        else if (
            !_written.Contains(lease.Term)
            && schedule.Time.Now - _storeWasAway > Notices + RecordWriter.Patience
        )
            schedule.Violate($"{trainer} was told term {lease.Term}, which nobody has written down");
        var says =
            $"{Text(lease.Slots)} from {lease.FromRound}, before {(lease.Before is { } before ? Text(before.Slots) : "none")}";
        if (_said.TryAdd((lease.Term, trainer), says) || _said[(lease.Term, trainer)] == says)
            return;
        // A trainer that left holds nothing under the term that it left in.
        if (!lease.Slots.IsEmpty)
            schedule.Violate(
                $"term {lease.Term} gives {trainer} {says}, and gave it {_said[(lease.Term, trainer)]}"
            );
    }

    /// <summary>A coordinator has looked at everybody, and goes on: no slot is two trainers', and nobody keeps any who is not heard of.</summary>
    public void Reviewed(RunCoordination coordination)
    {
        if (schedule.StoreIsAway)
            _storeWasAway = schedule.Time.Now;
        var now = schedule.Time.Now;
        var attended = _attended.GetValueOrDefault(coordination, (From: now, Last: now));
        if (now - attended.Last > 2 * schedule.Liveness.Beat)
            attended.From = now; // it stood still itself
        _attended[coordination] = (attended.From, now);
        HashSet<int> held = [],
            fallback = [];
        foreach (var member in coordination.Members)
        {
            foreach (var slot in Slots(coordination.Answer(member.Trainer).Lease?.Slots ?? []))
                if (!held.Add(slot))
                    schedule.Violate($"slot {slot} is two trainers' under term {coordination.Term}");
            foreach (
                var slot in Slots(coordination.Answer(member.Trainer).Lease?.Fallback?.Share.Slots ?? [])
            )
                if (!fallback.Add(slot))
                    schedule.Violate(
                        $"slot {slot} is two trainers' in the fallback of term {coordination.Term}"
                    );
            RequireJoined(member, now);
            if (
                member.Last is not null
                && schedule.Find(PinnedKey.Silo(member.Trainer))?.SilentSince is { } since
                && now - (since > attended.From ? since : attended.From)
                    > schedule.Liveness.Patience + Notices
            )
                schedule.Violate(
                    $"{member.Trainer} is in the run, and has been silent for {(now - since).TotalSeconds:F1} s"
                );
        }
    }

    /// <summary>Where trainers come and go and nothing else happens, whoever comes gets the state.</summary>
    private void RequireJoined(Member member, DateTimeOffset now)
    {
        var life = schedule.Find(PinnedKey.Silo(member.Trainer))?.Life ?? 0;
        if (!schedule.HasMembershipOnly || member.Last is not { Stage: TrainerStage.Joining })
            _joining.Remove(member.Trainer);
        else if (!_joining.TryGetValue(member.Trainer, out var joining) || joining.Life != life)
            _joining[member.Trainer] = (life, now);
        else if (now - joining.Since > Joins)
            schedule.Violate(
                $"{member.Trainer} has been joining for {(now - joining.Since).TotalSeconds:F0} s"
            );
    }

    private static IEnumerable<int> Slots(ImmutableArray<SlotRange> ranges) =>
        ranges.SelectMany(range => Enumerable.Range(range.Start, range.Length));

    private static string Text(ImmutableArray<SlotRange> ranges) => string.Join(',', Slots(ranges));
}
