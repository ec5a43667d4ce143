using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>What is known of one trainer of a run.</summary>
/// <param name="trainer">Its grain key.</param>
/// <param name="calm">How long it has to hold out at least for one of its failures to be forgiven; as long as it was kept out, if that was longer.</param>
/// <param name="heartbeat">Usual time between two heartbeats.</param>
internal sealed class Member(string trainer, TimeSpan calm, TimeSpan heartbeat)
{
    /// <summary>The reason of a trainer that handed over.</summary>
    public const string Drained = "drained";

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly Strikes _departures = new(calm);
    private readonly Strikes _lapses = new(calm);
    private int _looksBehind;
    private (DateTimeOffset At, long Highest) _before; // how far the others were, a heartbeat's time ago or more

    public string Trainer => trainer;

    public string Silo { get; } = PinnedKey.Silo(trainer);

    /// <summary>Its last heartbeat; null before the first.</summary>
    public Heartbeat? Last { get; private set; }

    /// <summary>When the last heartbeat came.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Why it is out of the run; null while it is in it.</summary>
    public string? Reason { get; private set; }

    /// <summary>When it may come back.</summary>
    public DateTimeOffset BarredUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>It must drop its state before it comes back.</summary>
    public bool MustCopy { get; private set; }

    /// <summary>It is to leave its slots to others, and then the run.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Before then it is leased no slots while others have them: it could not keep up with those it had.</summary>
    public DateTimeOffset SteadyAt { get; private set; } = DateTimeOffset.MinValue;

    public bool IsIn => Reason is null;

    /// <summary>Holds a state of the run, if an old one.</summary>
    public bool HasState => IsIn && !MustCopy && Last is { StateHash: var hash } && hash != 0;

    /// <summary>Holds a state of the run and computes, or could.</summary>
    public bool HoldsState =>
        IsIn && Last is { Stage: TrainerStage.Training or TrainerStage.Paused or TrainerStage.Done };

    /// <summary>Twice, a heartbeat's time apart, it had not come to where the others were a heartbeat's time before.</summary>
    /// <remarks>Once does not count: on a busy machine a trainer without slots lags, because no round waits for it.</remarks>
    public bool IsBehind => _looksBehind > 1;

    /// <summary>The same, and it comes no further: a trainer that has slots from a coming round on catches up until the others wait for it there.</summary>
    public bool IsStuckBehind => IsBehind && Since - StandsSince >= 2 * heartbeat;

    /// <summary>Since when its heartbeats have told of no progress.</summary>
    public DateTimeOffset StandsSince { get; private set; }

    /// <summary>It has not been heard of for a while, and others have nothing to do but wait for it.</summary>
    public bool IsMissed { get; private set; }

    public void Note(Heartbeat told, DateTimeOffset now, long highestRound)
    {
        if (Last is null || (told.Round, !told.Closing) != Progress)
            StandsSince = now;
        IsMissed = false;
        if (told.Round + 2 >= _before.Highest)
            _looksBehind = 0;
        else if (now - _before.At >= heartbeat)
            _looksBehind++; // a trainer that waits heartbeats more often; it is given the usual time all the same
        if (now - _before.At >= heartbeat)
            _before = (now, Math.Max(highestRound, told.Round));
        (Last, Since) = (told, now);
        if (told.Stage == TrainerStage.Joining)
            MustCopy = false;
    }

    /// <summary>Times it was lost lately.</summary>
    public int Departures(DateTimeOffset now) => _departures.At(now);

    public void Leave(string reason, DateTimeOffset now, DateTimeOffset until, bool mustCopy = false)
    {
        (Reason, BarredUntil) = (reason, until);
        MustCopy |= mustCopy;
        // A device that was wrong once is not right for having been calm: only the others' being right showed it.
        _departures.Add(now, until, forgivable: !mustCopy);
    }

    public void Return() => Reason = null;

    /// <summary>Its slots went to others while it was in the run; each time makes the next wait twice as long, up to a minute.</summary>
    public void Lapse(DateTimeOffset now)
    {
        SteadyAt = now + (heartbeat * Math.Min(2 << Math.Min(_lapses.At(now), 20), LongestWait / heartbeat));
        _lapses.Add(now, SteadyAt);
    }

    /// <summary>Others compute what it owes until it is heard of again.</summary>
    public void Miss() => IsMissed = true;

    public void Drain() => IsDraining = true;

    /// <summary>It was to go and has handed over: no loss, and no way back in this life of its silo.</summary>
    public void HandOver() => (Reason, BarredUntil) = (Drained, DateTimeOffset.MaxValue);

    /// <summary>Its silo is back as another process: a trainer that was to go may join again.</summary>
    public void Welcome()
    {
        IsDraining = false;
        if (Reason == Drained)
            BarredUntil = DateTimeOffset.MinValue;
    }

    /// <summary>Completed work, for comparing how far trainers are.</summary>
    public (long Round, bool Open) Progress =>
        Last is { } heartbeat ? (heartbeat.Round, !heartbeat.Closing) : (-1, false);
}
