using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>What must hold while a schedule is played: speed is back after the faults, whoever waits says why, and nothing grows.</content>
internal sealed partial class Schedule
{
    private const int MostComputedTwice = 2;
    private const int RoundsMeasured = 100;
    private const int SegmentsOfALease = 3;
    private const int RoundsOfACopy = 64; // as many as are done while a state is copied, whatever goes wrong meanwhile
    private static readonly TimeSpan Standing = TimeSpan.FromSeconds(20);

    private readonly HashSet<(ExchangeKind, long Number, int Slot)> _computed = [];
    private int _computedTwice;
    private readonly TimeSpan? _settling; // null: it is not played for its speed
    private readonly HashSet<string> _troubled = []; // silos that something was done to
    private DateTimeOffset _troubleEnds;
    private DateTimeOffset _measuredFrom;
    private DateTimeOffset _explainedAt = DateTimeOffset.UnixEpoch;
    private int _measured;

    /// <summary>When each round was first applied by somebody.</summary>
    public SortedDictionary<long, DateTimeOffset> AppliedAt { get; } = [];

    /// <summary>Rounds a second once the last fault was over; null where the run ended before enough were done.</summary>
    public double? RoundsASecond { get; private set; }

    /// <summary>Slots of the trainer that has the most, where they are shared among everybody who is to stay.</summary>
    public int LargestShare
    {
        get
        {
            var trainers = Up().Where(s => !s.IsDraining).Sum(s => s.Trainers.Count);
            return (Model.Plan.Slots + trainers - 1) / trainers;
        }
    }

    /// <summary>The same as a share of the same seed's without faults.</summary>
    public double? ShareOfUsualSpeed { get; set; }

    /// <summary>It was played for its speed, which is known.</summary>
    public bool IsMeasured => RoundsASecond is not null;

    /// <summary>Whether the run meets refusals from outside of its cluster.</summary>
    public bool IsRefused => _faults.Refusals > 0 && !IsCalm;

    /// <summary>Whether nothing happens but that silos come, go and are updated.</summary>
    public bool HasMembershipOnly =>
        _faults == new Faults(Joins: _faults.Joins, Drains: _faults.Drains, Updates: _faults.Updates);

    /// <summary>
    /// Whether nothing but deaths happens, and there was always somebody to lead: then whoever lives keeps what it has done, and closes
    /// every round itself.
    /// </summary>
    public bool SurvivorsKeepUp => _faults == new Faults(Crashes: _faults.Crashes) && !_wasVacant;

    /// <summary>Longest time between two rounds, and after which.</summary>
    public (TimeSpan Length, long After) LongestPause =>
        AppliedAt
            .Zip(AppliedAt.Skip(1), (one, next) => (next.Value - one.Value, one.Key))
            .DefaultIfEmpty()
            .Max();

    /// <summary>Whether somebody led all the time.</summary>
    public bool WasAlwaysLed => !_wasVacant;

    /// <summary>Somebody has applied a round.</summary>
    public void Applied(long round)
    {
        _explainedAt = Time.Now;
        if (!AppliedAt.TryAdd(round, Time.Now))
            return; // after a checkpoint it is done once more
        if (round == Model.Plan.End - 1)
            BeginEnd();
        if (_settling is { } settling)
            Measure(settling);
    }

    /// <summary>A trainer has computed a slot. Where nobody is lost, changes of leases hardly make two compute the same: they are announced for a round that is still to come.</summary>
    public void Computed(string trainer, Exchange exchange, int slot)
    {
        if (!HasMembershipOnly || _computed.Add((exchange.Kind, exchange.Number, slot)))
            return;
        // A round may come sooner than all before it: those of equal length seldom do.
        if (++_computedTwice > (Pace is null ? Model.Plan.Slots : MostComputedTwice))
            Violate(
                $"{trainer} computed slot {slot} of {exchange.Kind} {exchange.Number}, which is done, as were {_computedTwice - 1} before"
            );
    }

    private void Measure(TimeSpan settling)
    {
        if (!(IsCalm || _faults == new Faults()) || Time.Now < _troubleEnds + settling)
        {
            _measured = 0;
            return;
        }

        if (_measured++ == 0)
            _measuredFrom = Time.Now;
        else if (_measured > RoundsMeasured)
            RoundsASecond = RoundsMeasured / (Time.Now - _measuredFrom).TotalSeconds;
    }

    /// <summary>Something is wrong for a while, or was a moment ago, with some silos.</summary>
    private void Trouble(TimeSpan length, params ReadOnlySpan<string> silos)
    {
        if (Time.Now + length > _troubleEnds)
            _troubleEnds = Time.Now + length;
        foreach (var silo in silos)
            _troubled.Add(silo);
    }

    private void Prepare(TimeSpan horizon)
    {
        if (_faults.Refusals == 0)
            return;
        _run.BeRefused();
        Plan(_faults.Refusals, horizon, _run.BeUnreadable);
    }

    /// <summary>A run that stands says why: each of these is shown by <c>mm show</c> or <c>mm why</c>.</summary>
    private void RequireReason()
    {
        if (!Up().Any(silo => !silo.IsFrozen))
            _explainedAt = Time.Now; // nobody is there to say anything
        if (_run.IsOver || StoreIsAway || _run.SaysWhy || _leaders.Any(SaysWhy))
            _explainedAt = Time.Now;
        else if (Time.Now - _explainedAt >= Standing)
            Violate($"no round for {(Time.Now - _explainedAt).TotalSeconds:F0} s, and nothing says why");
    }

    private static bool SaysWhy(Leadership leader) =>
        leader.Unsaved is not null
        || leader.Retry.Failures > 0
        || leader.Coordination.Stopping
        || leader.Coordination.Everybody.Count() > leader.Coordination.Members.Count()
        || leader.Coordination.Members.Any(m =>
            m.Last is null or { WaitingFor.Length: > 0 } or { Silent.IsEmpty: false }
            || HungDevice.Is(m.Last)
            || m.IsDraining
            || m.Last.Computing?.Seconds > 5
            || m.Last.Stage != Interfaces.Runs.TrainerStage.Training
        );

    /// <summary>What each machine keeps is bounded by slots, silos and the names ever seen, and not by rounds or time.</summary>
    private void RequireBounds()
    {
        var (slots, silos) = (Model.Plan.Slots, _silos.Count);
        var names = _silos.Values.Sum(s => s.Trainers.Count);
        foreach (var silo in Up())
        {
            // Those in force, and those that late calls have brought back, which go when nobody has asked for a minute.
            Bound("segments of a silo", silo.Segments, SegmentsOfALease * (2 + names));
            foreach (var rounds in silo.Rounds)
            {
                var memory = rounds.Memory;
                Bound("open rounds of a segment", memory.Rounds, 2);
                Bound("blocks of a segment", memory.Blocks, memory.Rounds * slots);
                Bound("contributors of a segment", memory.States, memory.Rounds * names);
                Bound("results of a segment", memory.Results, 32);
                Bound("origins of a segment", memory.Origins, memory.Results);
            }

            foreach (var trainer in silo.Trainers.Values)
            {
                var memory = trainer.Memory;
                Bound("calls of a trainer", memory.Calls, SegmentsOfALease * (slots + 4)); // two lives of each segment, until the calls to the first are given up
                Bound("silos that a trainer knows", memory.Silos, silos);
                Bound("arrays of a trainer", memory.Arrays, (3 * slots) + 6); // contributions of three exchanges, and their results
                Bound("results ahead of a trainer", memory.ResultsAhead, RoundsOfACopy);
            }
        }

        foreach (var leader in _leaders)
        {
            var memory = leader.Coordination.Memory;
            Bound("trainers of a coordinator", memory.Trainers, names);
            Bound("silos of a coordinator", memory.Silos, silos);
            Bound("shares of a coordinator", memory.Shares, 2 * names);
            var story = leader.Story.Memory;
            Bound("trainers of a story", story.Here, names);
            Bound("gone of a story", story.Gone, names);
            Bound("losses of a story", story.Losses, 2 * names);
        }
    }

    private void Bound(string what, int kept, int most)
    {
        if (kept > most)
            Violate($"{what}: {kept}, {most} at most");
    }
}
