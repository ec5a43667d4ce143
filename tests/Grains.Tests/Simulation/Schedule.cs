using System.Runtime.CompilerServices;
using MMOrleans.Grains.Coordination;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>One run under one schedule of faults, in virtual time; everything follows from the seed.</summary>
internal sealed partial class Schedule
{
    private const string Run = "r-simulated";
    private static readonly TimeSpan Tending = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly Random _random;
    private readonly SortedDictionary<string, SimulatedSilo> _silos = new(StringComparer.Ordinal);
    private readonly Faults _faults;
    private readonly SimulatedRun _run;
    private readonly LeaseRules _rules;
    private readonly bool _isPauseJudged;
    private long _checkpoint;

    public Schedule(int seed, ScheduleKind kind, bool isLogged = false)
    {
        (Seed, Pace, IsLogged) = (seed, kind.Pace, isLogged);
        _random = new(seed);
        (_faults, _settling) = (kind.Faults, kind.IsEndurance ? kind.Settling : null);
        _isPauseJudged = kind.MostPause is not null;
        Model = new(
            kind.Slots ?? _random.Next(1, 9),
            kind.Rounds ?? _random.Next(8, 25),
            4,
            8,
            isCut: _random.Next(4) > 0
        );
        var count = kind.Silos ?? _random.Next(1, 5);
        for (var i = 0; i < count; i++)
            AddSilo($"s{i}");
        foreach (var silo in _silos.Values)
            silo.Begin(checkpoint: 0, trainers: _random.Next(1, 3));
        _run = new(this);
        _rules = new(this);
    }

    public int Seed { get; }

    /// <summary>Time that a slot takes every trainer; null where each has its own.</summary>
    public TimeSpan? Pace { get; }

    /// <summary>Whether what happens is written down; it costs as much as what happens.</summary>
    public bool IsLogged { get; }

    public Timeline Time { get; } = new();
    public ToyModel Model { get; }

    public LivenessOptions Liveness { get; } = new() { Balance = TimeSpan.FromSeconds(1) }; // some runs take seconds only
    public List<string> Violations { get; } = [];
    public List<string> Log { get; } = [];

    /// <summary>Trainers that were told apart as wrong.</summary>
    public int Named { get; private set; }

    /// <summary>Times the run went back to its checkpoint because nobody knew whose state was right.</summary>
    public int Disputes { get; private set; }

    /// <summary>The run is over, and nobody is left that worked for it.</summary>
    public bool IsOver => Violations.Count > 0 || IsMeasured || (_run.IsOver && IsDeserted);

    /// <summary>No fault begins any more, and no message is lost.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>Where every trainer stands.</summary>
    public IEnumerable<string> Trainers =>
        _silos.Values.SelectMany(s => s.Trainers.Values).Select(t => t.ToString());

    /// <summary>Virtual time that was played.</summary>
    public TimeSpan Length => Time.Now - DateTimeOffset.UnixEpoch;

    private bool IsDeserted =>
        _leaders.All(l => !l.IsUp) && Up().All(s => s.Trainers.Values.All(t => t.HasLeft));

    /// <summary>Runs it: faults for a while, then calm, in which the run must end.</summary>
    public void Play()
    {
        // What awaits a store goes on at once when it answers, and not when a test runner finds time for it.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            PlayOut();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void PlayOut()
    {
        Time.After(Liveness.Beat, Review);
        Time.After(Tending, Tend);
        var horizon = TimeSpan.FromSeconds(_random.Next(5, 60));
        Prepare(horizon);
        _run.Submit();
        Plan(horizon);
        if (_faults.Loss > 0)
            Trouble(horizon); // whose calls are lost may be taken for cut off
        Time.After(horizon, () => IsCalm = true);
        Time.Run(() => IsOver, Time.Now + horizon + Patience);
        if (!IsOver)
            Violate(
                $"no progress, {_run.Record.Status}, led by {string.Join(" and ", _leaders.Select(l => $"{l.Silo} term {l.Coordination.Term}"))}, "
                    + $"holds {string.Join(", ", _run.Given)}: {string.Join("; ", Trainers)}"
            );
        if (Violations.Count == 0 && _run.IsOver && !_run.EndsAsItMay)
            Violate($"the run ended {_run.Record.Status}: {_run.Record.Error?.Message}");
    }

    private void Plan(TimeSpan horizon)
    {
        Plan(_faults.Crashes, horizon, Crash);
        Plan(_faults.Blackouts, horizon, Blackout);
        Plan(_faults.Freezes, horizon, Freeze);
        if (_faults.Standstills > 0)
            Time.After(Between(5000, 10000), () => StandStill(_faults.Standstills));
        Plan(_faults.Evictions, horizon, Evict);
        Plan(_faults.Cuts, horizon, Cut);
        Plan(_faults.Deafnesses, horizon, Deafen);
        if (_faults.Deaths > 0)
            Time.After(Between(5000, 10000), () => DieInTurn(_faults.Deaths));
        if (_faults.CutsBeside > 0)
            Time.After(Between(5000, 10000), () => CutBeside(_faults.CutsBeside));
        if (_faults.FreezesBeside > 0)
            Time.After(Between(5000, 10000), () => FreezeBeside(_faults.FreezesBeside));
        Plan(_faults.Joins, horizon, Join);
        Plan(_faults.Drains, horizon, Drain);
        Plan(_faults.Updates, horizon, Update);
        Plan(_faults.DoubleActivations, horizon, LeadTwice);
        Plan(_faults.StoreOutages, horizon, LoseStore);
        Plan(_faults.StoreHangs, horizon, HangStore);
        Plan(_faults.Forgeries, horizon, Forge);
        Plan(_faults.Breakdowns, horizon, BreakDown);
        Plan(_faults.BitFlips, horizon, FlipBit);
        Plan(_faults.Hangs, horizon, HangDevice);
        Plan(_faults.RunMoves, horizon, MoveRun);
        Plan(_faults.Stops, horizon, () => _run.Stop(now: _random.Next(4) == 0));
        Plan(_faults.FullDisks, horizon, FillDisk);
        Plan(_faults.Wishes, horizon, _run.Wish);
        PlanClockSteps(horizon);
    }

    public void Violate(string what) =>
        Violations.Add($"seed {Seed}, {Time.Now - DateTimeOffset.UnixEpoch}: {what}");

    public void Note([InterpolatedStringHandlerArgument("")] NoteText what)
    {
        if (IsLogged)
            Log.Add($"{(Time.Now - DateTimeOffset.UnixEpoch).TotalSeconds:F3} {what.Text()}");
    }

    public TimeSpan Between(double least, double most) =>
        TimeSpan.FromMilliseconds(least + (_random.NextDouble() * (most - least)));

    /// <summary>A number drawn from the seed, below another.</summary>
    public int Draw(int below) => _random.Next(below);

    public SimulatedSilo? Find(string name) => _silos.GetValueOrDefault(name);

    private IEnumerable<SimulatedSilo> Up() => _silos.Values.Where(s => s.IsUp);

    private void AddSilo(string name) => _silos.Add(name, new(name, this));

    private void Plan(int times, TimeSpan horizon, Action fault)
    {
        for (var i = 0; i < times; i++)
            Time.After(TimeSpan.FromMilliseconds(_random.NextDouble() * horizon.TotalMilliseconds), fault);
    }
}
