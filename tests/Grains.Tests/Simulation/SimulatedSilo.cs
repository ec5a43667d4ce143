using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>A process: trainers and segments that live and die together, and stand still while it is frozen.</summary>
internal sealed class SimulatedSilo(string name, Schedule schedule)
{
    private readonly Dictionary<string, Segment> _segments = [];
    private ulong _lives;
    private DateTimeOffset _frozenUntil;
    private DateTimeOffset _silentSince;

    public string Name => name;
    public SortedDictionary<string, SimulatedTrainer> Trainers { get; private set; } = [];

    /// <summary>Counts its lives: what was planned in an earlier one does not happen.</summary>
    public int Life { get; private set; }

    public bool IsUp { get; private set; }
    public bool IsDraining { get; set; }

    /// <summary>The others have declared it dead, and it has not found out.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>Trainers whose devices hang for as long as the process lives.</summary>
    public HashSet<string> Hung { get; } = [];

    /// <summary>Segments that it keeps.</summary>
    public int Segments => _segments.Count;

    /// <summary>The most that one of its segments keeps; see <see cref="SegmentRounds"/>.</summary>
    public IEnumerable<SegmentRounds> Rounds => _segments.Values.Select(segment => segment.Rounds);

    public bool IsFrozen => schedule.Time.Now < _frozenUntil;

    /// <summary>Since when it is dead or frozen; null while it runs.</summary>
    public DateTimeOffset? SilentSince => IsUp && !IsFrozen ? null : _silentSince;

    /// <param name="checkpoint">Rounds of the checkpoint that its trainers start from; null for joining a run under way.</param>
    /// <param name="trainers">How many.</param>
    public void Begin(long? checkpoint, int trainers)
    {
        IsUp = true;
        LeaveAll();
        Trainers = [];
        for (var i = 0; i < trainers; i++)
            Trainers.Add($"{name}/t{i}", new($"{name}/t{i}", this, schedule, checkpoint));
    }

    public void Wake()
    {
        foreach (var trainer in Trainers.Values)
            trainer.Wake();
    }

    /// <summary>Nobody takes part in a run any more.</summary>
    public void LeaveAll()
    {
        foreach (var trainer in Trainers.Values)
            trainer.Leave();
    }

    public void Die()
    {
        _silentSince = SilentSince ?? schedule.Time.Now;
        (IsUp, IsDraining, IsEvicted) = (false, false, false);
        Life++;
        _segments.Clear();
        Hung.Clear();
        _frozenUntil = default;
    }

    public void Freeze(TimeSpan length)
    {
        _silentSince = SilentSince ?? schedule.Time.Now;
        _frozenUntil = schedule.Time.Now + length;
    }

    /// <summary>Does something in this life, after a frozen time.</summary>
    public void When(int life, Action action)
    {
        if (Life != life || !IsUp)
            return;
        if (IsFrozen)
            schedule.Time.After(_frozenUntil - schedule.Time.Now, () => When(life, action));
        else
            action();
    }

    /// <summary>Does something later in this life, after a frozen time.</summary>
    public void After(TimeSpan delay, Action action)
    {
        var life = Life;
        schedule.Time.After(delay, () => When(life, action));
    }

    /// <summary>Somebody gives one of its segments what no trainer gives.</summary>
    public void Forge()
    {
        foreach (var segment in _segments.Values)
            if (segment.Last is { } genuine)
                foreach (var taken in Forgery.Taken(segment.Rounds, genuine))
                    schedule.Violate($"a segment took {taken}");
    }

    /// <summary>Segments that nobody asks any more go, as their timers have it.</summary>
    public void LetGoOfForgotten()
    {
        if (IsFrozen)
            return;
        foreach (var (key, segment) in _segments)
            if (segment.IsForgotten)
                Close(key); // an enumeration outlives a removal
    }

    public void Contribute(string key, Contribution contribution, Action<SegmentAnswer> reply)
    {
        if (!_segments.TryGetValue(key, out var segment))
            _segments.Add(key, segment = new(schedule, ++_lives));
        try
        {
            segment.Contribute(contribution, reply);
        }
        catch (InvalidOperationException wrong)
        {
            schedule.Violate(wrong.Message);
        }
    }

    public void Close(string key)
    {
        if (_segments.Remove(key, out var segment))
            segment.Close();
    }

    /// <summary>A segment as its grain keeps it: calls wait for their round.</summary>
    private sealed class Segment(Schedule schedule, ulong instance)
    {
        private readonly SegmentRounds _rounds = new(schedule.Memory());
        private readonly List<(long Round, Action<SegmentAnswer> Reply)> _waiting = [];
        private DateTimeOffset _asked;

        public SegmentRounds Rounds => _rounds;

        /// <summary>What a trainer gave it last.</summary>
        public Contribution? Last { get; private set; }

        public bool IsForgotten =>
            SegmentAge.IsOver(schedule.Time.Now - _asked, _rounds.Newest, schedule.Liveness);

        public void Contribute(Contribution contribution, Action<SegmentAnswer> reply)
        {
            _asked = schedule.Time.Now;
            Last = contribution.Reads ? Last : contribution;
            var answer = _rounds.Contribute(contribution);
            foreach (var waiting in _waiting.ToList())
                if (
                    _rounds.Answer(waiting.Round) is { } known
                    || (
                        answer is { Outcome: SegmentOutcome.StatesDiffer or SegmentOutcome.BlocksDiffer }
                        && answer.Round == waiting.Round
                        && (known = answer) is not null
                    )
                )
                {
                    _waiting.Remove(waiting);
                    waiting.Reply(known with { Instance = instance });
                }

            if (answer is not null)
            {
                reply(answer with { Instance = instance });
                return;
            }

            var mine = (contribution.Round, reply);
            _waiting.Add(mine);
            schedule.Time.After(
                schedule.Liveness.Poll,
                () =>
                {
                    if (!_waiting.Remove(mine))
                        return;
                    _rounds.DetachBorrowed(mine.Round);
                    reply(new(SegmentOutcome.Again, mine.Round, null, default, "", Instance: instance));
                }
            );
        }

        public void Close()
        {
            foreach (var (round, reply) in _waiting)
                reply(new(SegmentOutcome.Moved, round, null, default, ""));
            _waiting.Clear();
            _rounds.Clear();
        }
    }
}
