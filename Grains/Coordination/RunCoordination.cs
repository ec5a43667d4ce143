using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Coordination;

/// <summary>One run's coordination as a state machine: beats and time in, leases and decisions out.</summary>
/// <remarks>No clock, no calls, no storage: the grain feeds it and carries out what it decides, so that a test can do both in virtual time.</remarks>
internal sealed class RunCoordination(string run, CoordinatorStart start, LivenessOptions liveness)
{
    private readonly Dictionary<string, TrainerSign> _signs = start.Trainers.ToDictionary(
        t => t,
        t => new TrainerSign(t)
    );
    private readonly Dictionary<string, string> _departed = [];
    private IReadOnlyDictionary<string, ImmutableArray<SlotRange>> _slots = ImmutableDictionary<
        string,
        ImmutableArray<SlotRange>
    >.Empty;
    private ImmutableArray<string> _segments = [];
    private long _incarnation;

    /// <summary>Term of the leases in force; 0 before the first.</summary>
    public long Term { get; private set; }

    /// <summary>The last beat of every trainer still in the run.</summary>
    public IEnumerable<TrainerSign> Signs => _signs.Values;

    /// <summary>Whether a stop was asked for.</summary>
    public bool Stopping { get; private set; }

    /// <summary>Whether the stop is to skip the checkpoint.</summary>
    public bool StopNow { get; private set; }

    /// <summary>Grain keys of the segments in force.</summary>
    public ImmutableArray<string> Segments => _segments;

    /// <summary>Takes a beat in and answers it; <paramref name="known"/> is the last term written down, or 0.</summary>
    public BeatAnswer Beat(Heartbeat beat, DateTimeOffset at, long known)
    {
        if (!_signs.TryGetValue(beat.Trainer, out var sign))
            return new(Directive.Leave, null);
        sign.Note(beat, at);
        Term = Math.Max(Term, Math.Max(known, _slots.Count == 0 ? beat.Term : 0));
        return Answer(beat.Trainer);
    }

    /// <summary>The standing answer for a trainer.</summary>
    public BeatAnswer Answer(string trainer)
    {
        if (!_signs.ContainsKey(trainer))
            return new(Directive.Leave, null);
        if (Stopping)
            return new(Directive.Pause, null);
        return _slots.TryGetValue(trainer, out var slots)
            ? new(Directive.Train, new(Term, slots, trainer == Writer, _segments))
            : new(Directive.Train, null);
    }

    /// <summary>Notes that the run is to stop.</summary>
    public void Stop(bool now)
    {
        Stopping = true;
        StopNow |= now;
    }

    /// <summary>Looks at every sign and decides what has to change.</summary>
    public CoordinationDecision Review(DateTimeOffset now)
    {
        List<Departure> departures = [];
        foreach (var sign in _signs.Values.ToList())
        {
            if (sign.Last is { Stage: TrainerStage.Faulted, FaultIsOfTheRun: true } broken)
                return new(departures, false, new(RunState.Failed, HighestRound, null, broken.Fault));
            if (Reason(sign, now) is not { } reason)
                continue;
            departures.Add(new(sign.Trainer, reason, sign.Last?.Fault));
            _signs.Remove(sign.Trainer);
            _departed[sign.Trainer] = reason;
        }

        if (_signs.Count < start.MinTrainers)
            return new(departures, false, new(RunState.Failed, HighestRound, null, TooFew(departures)));

        if (Stopping)
            return new(departures, false, Paused());
        if (Ended() is { } end)
            return new(departures, false, end);

        var changed = false;
        if (_slots.Count == 0)
        {
            // The first leases wait for everybody, so that nobody trains alone while the others still open their data.
            if (_signs.Values.All(s => s.Last is { Stage: not TrainerStage.Starting }))
            {
                _slots = LeasePlan.Share(start.Slots, [.. start.Trainers.Where(_signs.ContainsKey)]);
                changed = true;
            }
        }
        else if (departures.Count > 0)
        {
            _slots = LeasePlan.Mend(
                start.Slots,
                _slots.Where(s => _signs.ContainsKey(s.Key)).ToDictionary(s => s.Key, s => s.Value)
            );
            changed = true;
        }

        if (changed)
        {
            Term++;
            PlaceSegments();
        }

        return new(departures, changed, null);
    }

    private string? Writer =>
        _slots
            .Where(s => !s.Value.IsEmpty)
            .OrderBy(s => s.Value.Min(r => r.Start))
            .Select(s => s.Key)
            .FirstOrDefault();

    private long HighestRound => _signs.Values.Max(s => s.Last?.Round) ?? 0;

    private string? Reason(TrainerSign sign, DateTimeOffset now)
    {
        if (sign.Last is { Stage: TrainerStage.Faulted } faulted)
            return faulted.Fault?.Message ?? "it reported a fault without a reason";
        if (sign.Since is { } since && now - since > liveness.Patience)
            return $"no beat for {(now - since).TotalSeconds:F1} s, patience is {liveness.Patience.TotalSeconds:F1} s";
        return null;
    }

    private RunFault TooFew(List<Departure> departures) =>
        departures is [{ Fault: { } only }]
            ? only
            : new(
                "MM4002",
                $"{_signs.Count} of {start.Trainers.Length} trainers are left, {start.MinTrainers} are wanted: "
                    + string.Join("; ", _departed.Select(d => $"{d.Key}: {d.Value}")),
                $"mm logs {run} says more; then mm resume {run}"
            );

    /// <summary>The end of a stop: known once everybody has paused, at the highest completed round.</summary>
    private CoordinationEnd? Paused()
    {
        if (_signs.Values.Any(s => s.Last is not { Stage: TrainerStage.Paused or TrainerStage.Done }))
            return null;
        var ahead = _signs.Values.OrderByDescending(s => s.Last!.Round).First();
        return new(RunState.Stopped, ahead.Last!.Round, ahead.Last.StateSha256, null, ahead.Trainer);
    }

    /// <summary>The end of a run: every trainer holds the final state, and it is one.</summary>
    private CoordinationEnd? Ended()
    {
        if (_slots.Count == 0 || _signs.Values.Any(s => s.Last is not { Stage: TrainerStage.Done }))
            return null;
        var hashes = _signs.Values.GroupBy(s => s.Last!.StateSha256).ToList();
        if (hashes.Count == 1)
            return new(RunState.Finished, start.Rounds, hashes[0].Key, null);
        return new(
            RunState.Failed,
            start.Rounds,
            null,
            new(
                "MM4004",
                "replicas differ at the end: "
                    + string.Join(
                        ", ",
                        _signs.Values.Select(s => $"{s.Trainer} has {s.Last!.StateSha256?[..12]}")
                    ),
                $"mm resume {run} goes on from the newest intact checkpoint; report this, it must not happen"
            )
        );
    }

    private void PlaceSegments()
    {
        // Segments stay where they are while their silos live: moving one costs every trainer its blocks once more.
        var silos = _signs.Keys.Select(PinnedKey.Silo).Distinct().Order(StringComparer.Ordinal).ToList();
        if (!_segments.IsEmpty && _segments.All(s => silos.Contains(PinnedKey.Silo(s))))
            return;
        _incarnation = Term;
        var count = SegmentPlan.Cut(_signs.Values.Max(s => s.Last!.Elements)).Count + 1; // and one for evaluations
        _segments =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => PinnedKey.Segment(run, i, _incarnation, silos[i % silos.Count])),
        ];
    }
}
