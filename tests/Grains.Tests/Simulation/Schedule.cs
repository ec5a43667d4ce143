using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Life;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>One run under one schedule of faults, in virtual time; everything follows from the seed.</summary>
internal sealed class Schedule
{
    private const string Run = "r-simulated";
    private static readonly TimeSpan Response = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tending = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(30);

    private readonly Random _random;
    private readonly SortedDictionary<string, SimulatedSilo> _silos = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _cuts = [];
    private readonly List<Leadership> _leaders = [];
    private readonly Faults _faults;
    private CoordinatorStart _start;
    private long _writtenTerm;
    private long _checkpoint;
    private readonly SimulatedRun _run;
    private int _version;
    private readonly List<TaskCompletionSource> _hanging = []; // writes that the store has not answered
    private bool _storeHangs;
    private bool _isStarted;
    private bool _isCalm;
    private bool _isVacant;
    private bool _isUpdating;
    private bool _wasVacant;
    private readonly HashSet<string> _flipped = [];

    public Schedule(
        int seed,
        Faults faults,
        int? silos = null,
        int? slots = null,
        int? rounds = null,
        TimeSpan? pace = null
    )
    {
        (Seed, Pace) = (seed, pace);
        _random = new(seed);
        _faults = faults;
        Model = new(slots ?? _random.Next(1, 9), rounds ?? _random.Next(8, 25), 4, 8);
        var count = silos ?? _random.Next(1, 5);
        for (var i = 0; i < count; i++)
            AddSilo($"s{i}");
        foreach (var silo in _silos.Values)
            silo.Begin(checkpoint: 0, trainers: _random.Next(1, 3));
        _start = new([], Model.Plan.Slots, 1, Model.Plan.End);
        _run = new(this);
    }

    public int Seed { get; }

    /// <summary>Time that a slot takes every trainer; null where each has its own.</summary>
    public TimeSpan? Pace { get; }

    /// <summary>When each round was first applied by somebody.</summary>
    public SortedDictionary<long, DateTimeOffset> AppliedAt { get; } = [];

    /// <summary>When the last standstill of a coordinator ends.</summary>
    public DateTimeOffset LastStandstill { get; private set; }

    public Timeline Time { get; } = new();
    public ToyModel Model { get; }

    public LivenessOptions Liveness { get; } = new() { Balance = TimeSpan.FromSeconds(1) }; // some runs take seconds only
    public List<string> Violations { get; } = [];
    public List<string> Log { get; } = [];

    /// <summary>Trainers that were told apart as wrong.</summary>
    public int Named { get; private set; }

    /// <summary>Times the run went back to its checkpoint because nobody knew whose state was right.</summary>
    public int Disputes { get; private set; }

    /// <summary>The round whose state is to be told; null when nobody asks.</summary>
    public long? WitnessRound { get; private set; }

    public bool IsOver => _run.IsOver || Violations.Count > 0;
    public bool IsCalm => _isCalm;

    /// <summary>
    /// Whether nothing but deaths happens, and there was always somebody to lead: then whoever lives keeps what it has done, and closes
    /// every round itself.
    /// </summary>
    public bool SurvivorsKeepUp => _faults == new Faults(Crashes: _faults.Crashes) && !_wasVacant;

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
        _run.Submit();
        Time.After(Liveness.Beat, Review);
        Time.After(Tending, Tend);
        var horizon = TimeSpan.FromSeconds(_random.Next(5, 60));
        Plan(_faults.Crashes, horizon, Crash);
        Plan(_faults.Blackouts, horizon, Blackout);
        Plan(_faults.Freezes, horizon, Freeze);
        if (_faults.Standstills > 0)
            Time.After(Between(5000, 10000), () => StandStill(_faults.Standstills));
        Plan(_faults.Cuts, horizon, Cut);
        if (_faults.CutsBeside > 0)
            Time.After(Between(5000, 10000), () => CutBeside(_faults.CutsBeside));
        if (_faults.FreezesBeside > 0)
            Time.After(Between(5000, 10000), () => FreezeBeside(_faults.FreezesBeside));
        Plan(_faults.Joins, horizon, Join);
        Plan(_faults.Drains, horizon, Drain);
        Plan(_faults.Updates, horizon, Update);
        Plan(_faults.DoubleActivations, horizon, LeadTwice);
        Plan(_faults.StoreOutages, horizon, LoseStore);
        Plan(_faults.BitFlips, horizon, FlipBit);
        Plan(_faults.RunMoves, horizon, MoveRun);
        Plan(_faults.Stops, horizon, () => _run.Stop(now: _random.Next(4) == 0));
        Time.After(horizon, () => _isCalm = true);
        Time.Run(() => IsOver, Time.Now + horizon + TimeSpan.FromMinutes(15));
        if (Violations.Count == 0 && !_run.IsOver)
            Violate(
                $"no progress, {_run.Record.Status}, led by {string.Join(" and ", _leaders.Select(l => $"{l.Silo} term {l.Coordination.Term}"))}: "
                    + string.Join(
                        "; ",
                        _silos.Values.SelectMany(s => s.Trainers.Values).Select(t => t.ToString())
                    )
            );
        if (
            _run.IsOver
            && _run.Record is { Status: var status } record
            && status != RunStatus.Finished
            && !(status == RunStatus.Stopped && _run.IsStopAsked)
        )
            Violate($"the run ended {status}: {record.Error?.Message}");
    }

    public void Violate(string what) =>
        Violations.Add($"seed {Seed}, {Time.Now - DateTimeOffset.UnixEpoch}: {what}");

    /// <summary>Rounds of the newest checkpoint.</summary>
    public long Checkpoint => _checkpoint;

    /// <summary>The cluster's store does not answer.</summary>
    public bool StoreIsAway { get; private set; }

    /// <summary>Trainers that the run's grain can send out.</summary>
    public IReadOnlyList<string> Reachable =>
        [
            .. Up()
                .Where(s =>
                    s is { IsFrozen: false, IsDraining: false }
                    && !_leaders.Any(leader => _cuts.Contains((leader.Silo, s.Name)))
                )
                .SelectMany(s => s.Trainers.Keys),
        ];

    /// <summary>A checkpoint is on disk.</summary>
    public void Checkpointed(long rounds) => _checkpoint = Math.Max(_checkpoint, rounds);

    /// <summary>Somebody has applied a round.</summary>
    public void Applied(long round) => AppliedAt.TryAdd(round, Time.Now);

    public void Note(string what) =>
        Log.Add($"{(Time.Now - DateTimeOffset.UnixEpoch).TotalSeconds:F3} {what}");

    public TimeSpan Between(double least, double most) =>
        TimeSpan.FromMilliseconds(least + (_random.NextDouble() * (most - least)));

    /// <summary>
    /// A call from one silo to another: lost, delayed, doubled, as it comes. <paramref name="read"/> is when the message is written, some
    /// time after the call; <paramref name="serve"/> takes the call in and is given the way back.
    /// </summary>
    public void Call<TMessage, TAnswer>(
        SimulatedSilo from,
        string to,
        Func<TMessage> read,
        Action<SimulatedSilo, TMessage, Action<TAnswer>> serve,
        Func<TAnswer, TAnswer> readAnswer,
        Action<TAnswer> answered,
        Action failed
    )
    {
        var caller = from.Life;
        var settled = false;
        void Settle(Action action)
        {
            if (settled)
                return;
            settled = true;
            from.When(caller, action);
        }

        Time.After(Response, () => Settle(failed));
        var isLocal = from.Name == to;
        var times = !isLocal && !_isCalm && _random.NextDouble() < _faults.Duplication ? 2 : 1;
        Queue<TMessage> written = new(times); // what comes twice was written once: the bytes are the same
        for (var i = 0; i < times; i++)
        {
            if (!isLocal && IsLost(from.Name, to))
                continue;
            Time.After(
                Delay(isLocal),
                () =>
                {
                    if (written.Count == 0)
                        for (var copy = 0; copy < times; copy++)
                            written.Enqueue(read());
                    var message = written.Dequeue();
                    Time.After(
                        Delay(isLocal),
                        () =>
                        {
                            if (!_silos.TryGetValue(to, out var silo) || !silo.IsUp)
                            {
                                Time.After(Between(500, 4000), () => Settle(failed)); // until it is declared dead
                                return;
                            }

                            silo.When(
                                silo.Life,
                                () =>
                                    serve(
                                        silo,
                                        message,
                                        answer =>
                                        {
                                            if (!isLocal && IsLost(to, from.Name))
                                                return;
                                            var server = silo.Life;
                                            Time.After(
                                                Delay(isLocal),
                                                () =>
                                                {
                                                    if (!silo.IsUp || silo.Life != server)
                                                    {
                                                        // It died with the answer unsent.
                                                        Time.After(Between(500, 4000), () => Settle(failed));
                                                        return;
                                                    }

                                                    var copy = readAnswer(answer);
                                                    Time.After(
                                                        Delay(isLocal),
                                                        () => Settle(() => answered(copy))
                                                    );
                                                }
                                            );
                                        }
                                    )
                            );
                        }
                    );
                }
            );
        }
    }

    /// <summary>A heartbeat to whoever leads, as seen from a silo.</summary>
    public void Beat(SimulatedSilo from, Heartbeat heartbeat, Action<BeatAnswer> answered)
    {
        var leaders = _leaders.Where(l => _silos[l.Silo].IsUp).ToList();
        if (leaders.Count == 0)
        {
            if (_isVacant)
                return; // the directory still holds the dead one's place
            _isVacant = true;
            _leaders.Clear();
            Time.After(
                Between(500, 6000),
                () =>
                {
                    _isVacant = false;
                    if (_isStarted && _leaders.Count == 0 && Up().FirstOrDefault() is { } heir)
                        Lead(heir.Name, isSuccessor: true);
                }
            );
            return;
        }

        var leader = leaders[leaders.Count == 1 ? 0 : from.Name[^1] & 1];
        Call<Heartbeat, BeatAnswer>(
            from,
            leader.Silo,
            () => heartbeat,
            (_, message, reply) =>
            {
                leader.Coordination.Beat(message, Time.Now);
                Review(leader);
                var answer = leader.Coordination.Answer(message.Trainer);
                reply(leader.Record.MayAnnounce ? answer : answer with { Lease = null });
            },
            answer => answer,
            answered,
            () => { }
        );
    }

    public SimulatedSilo? Find(string name) => _silos.GetValueOrDefault(name);

    private IEnumerable<SimulatedSilo> Up() => _silos.Values.Where(s => s.IsUp);

    private bool IsLost(string from, string to) =>
        _cuts.Contains((from, to)) || (!_isCalm && _random.NextDouble() < _faults.Loss);

    private TimeSpan Delay(bool isLocal) =>
        isLocal ? TimeSpan.FromMicroseconds(10)
        : _random.Next(20) == 0 ? Between(1, 300)
        : Between(0.2, 5);

    private void AddSilo(string name) => _silos.Add(name, new(name, this));

    private void Plan(int times, TimeSpan horizon, Action fault)
    {
        for (var i = 0; i < times; i++)
            Time.After(TimeSpan.FromMilliseconds(_random.NextDouble() * horizon.TotalMilliseconds), fault);
    }

    private SimulatedSilo? Any(Func<SimulatedSilo, bool> fit)
    {
        var fitting = Up().Where(fit).ToList();
        return fitting.Count == 0 ? null : fitting[_random.Next(fitting.Count)];
    }

    /// <summary>Whether the state would outlive a silo; one that drains may be let go at any moment.</summary>
    private bool StateSurvives(SimulatedSilo without) =>
        Up()
            .Where(s => s != without && s is { IsFrozen: false, IsDraining: false })
            .SelectMany(s => s.Trainers.Values)
            .Any(t => t.IsSound);

    private void Crash()
    {
        if (Any(StateSurvives) is not { } silo)
            return;
        Note($"{silo.Name} crashes");
        Die(silo);
        ComeBack(silo);
    }

    private void Die(SimulatedSilo silo)
    {
        _wasVacant |= _leaders.Any(l => l.Silo == silo.Name);
        if (_random.Next(_silos.Count) == 0)
            _run.Die();
        silo.Die();
        Time.After(
            Between(1000, 3000),
            () =>
            {
                foreach (var leader in _leaders)
                    if (!silo.IsUp)
                        leader.Coordination.Lose(silo.Name);
            }
        );
    }

    private void Blackout()
    {
        _isStarted &= _random.Next(2) == 0; // a store in memory dies with them
        Note($"every silo crashes{(_isStarted ? "" : ", and the store")}");
        _leaders.Clear();
        _run.Die();
        foreach (var silo in Up().ToList())
        {
            silo.Die();
            ComeBack(silo);
        }
    }

    private void ComeBack(SimulatedSilo silo, Action? isBack = null) =>
        Time.After(
            Between(2000, 20000),
            () =>
            {
                Note($"{silo.Name} is back");
                silo.Begin(checkpoint: null, silo.Trainers.Count);
                silo.Wake();
                Time.After(
                    Between(0, 2000),
                    () =>
                    {
                        if (silo.IsUp && !silo.IsDraining)
                            foreach (var leader in _leaders)
                                leader.Coordination.Welcome(silo.Name);
                    }
                );
                isBack?.Invoke();
            }
        );

    /// <summary>The run's grain looks after the run; a silo that has started sees that it does.</summary>
    private void Tend()
    {
        if (IsOver)
            return;
        if (Up().Any())
        {
            _run.Wake();
            _run.Tick();
        }

        Time.After(Tending, Tend);
    }

    private void MoveRun()
    {
        Note("the run's grain dies");
        _run.Die();
    }

    private void Freeze()
    {
        if (Any(s => !s.IsFrozen && StateSurvives(s)) is not { } silo)
            return;
        var length = Between(500, 12000);
        Note($"{silo.Name} freezes for {length.TotalSeconds:F1} s");
        silo.Freeze(length);
    }

    /// <summary>Whoever leads hears nobody for longer than patience; its cluster takes it for alive all the same.</summary>
    private void StandStill(int times)
    {
        if (
            _leaders.Select(l => _silos[l.Silo]).FirstOrDefault(s => s is { IsUp: true, IsFrozen: false }) is
            { } silo
        )
        {
            var length = Between(6000, 8000);
            Note($"{silo.Name}, which leads, stands still for {length.TotalSeconds:F1} s");
            silo.Freeze(length);
            LastStandstill = Time.Now + length;
        }

        if (times > 1)
            Time.After(Between(13000, 18000), () => StandStill(times - 1));
    }

    private void Cut()
    {
        if (_silos.Count < 2)
            return;
        var names = _silos.Keys.ToList();
        var a = names[_random.Next(names.Count)];
        var b = names[_random.Next(names.Count)];
        if (a == b)
            return;
        var both = _random.Next(3) > 0;
        Note($"{a} and {b} are cut apart{(both ? "" : " one way")}");
        _cuts.Add((a, b));
        if (both)
            _cuts.Add((b, a));
        Time.After(
            Between(500, 30000),
            () =>
            {
                Note($"{a} and {b} reach each other again");
                _cuts.Remove((a, b));
                _cuts.Remove((b, a));
            }
        );
    }

    /// <summary>The coordinator hears both sides, and no silo can be reached by everybody but those outside the cut.</summary>
    private void CutBeside(int times)
    {
        if (Beside() is not [var a, var b, ..])
            return;
        var length = Between(10000, 25000);
        Note($"{a} and {b}, which do not lead, are cut apart for {length.TotalSeconds:F1} s");
        _cuts.UnionWith([(a, b), (b, a)]);
        Time.After(
            length,
            () =>
            {
                _cuts.ExceptWith([(a, b), (b, a)]);
                if (times > 1)
                    Time.After(Between(12000, 15000), () => CutBeside(times - 1));
            }
        );
    }

    private void FreezeBeside(int times)
    {
        if (Beside() is not [var name, ..])
            return;
        var length = Between(3000, 9000);
        Note($"{name}, which does not lead, freezes for {length.TotalSeconds:F1} s");
        _silos[name].Freeze(length);
        if (times > 1)
            Time.After(length + Between(12000, 15000), () => FreezeBeside(times - 1));
    }

    private List<string> Beside()
    {
        var names = Up().Select(s => s.Name).Where(name => _leaders.All(l => l.Silo != name)).ToArray();
        _random.Shuffle(names);
        return [.. names];
    }

    private void Join()
    {
        var name = $"s{_silos.Count}";
        Note($"{name} joins");
        AddSilo(name);
        _silos[name].Begin(checkpoint: null, _random.Next(1, 3));
        _silos[name].Wake();
    }

    private void Drain()
    {
        if (_leaders.Count == 0 || Any(s => !s.IsFrozen && !s.IsDraining && StateSurvives(s)) is not { } silo)
            return;
        if (Up().Count(s => !s.IsDraining) < 2)
            return;
        Note($"{silo.Name} drains");
        silo.IsDraining = true;
        foreach (var leader in _leaders)
            leader.Coordination.Drain(silo.Name);
    }

    /// <summary>As a StatefulSet's controller: from the last to the first, each up for a while before the next one goes.</summary>
    private void Update()
    {
        if (_isUpdating)
            return;
        _isUpdating = true;
        UpdateNext(new(_silos.Keys.Reverse()));
    }

    private void UpdateNext(Queue<string> left)
    {
        if (!left.TryDequeue(out var name))
        {
            _isUpdating = false;
            return;
        }

        var silo = _silos[name];
        if (!silo.IsUp)
        {
            UpdateNext(left);
            return;
        }

        Note($"{name} is to be updated");
        silo.IsDraining = true;
        HandOver(silo, silo.Life, Time.Now, () => Time.After(Between(1000, 8000), () => UpdateNext(left)));
    }

    /// <summary>Asks every coordinator until it has let the silo's trainers go; then the silo ends and another process has its name.</summary>
    private void HandOver(SimulatedSilo silo, int life, DateTimeOffset since, Action isBack)
    {
        if (silo.Life != life || IsOver)
        {
            isBack(); // it died on its way
            return;
        }

        var leaders = _leaders.Where(l => _silos[l.Silo] is { IsUp: true, IsFrozen: false }).ToList();
        foreach (var leader in leaders)
            leader.Coordination.Drain(silo.Name);
        var isLate = Time.Now - since > HandoverPatience;
        if (isLate && _faults == new Faults(Updates: _faults.Updates))
            Violate($"{silo.Name} still holds work {HandoverPatience.TotalSeconds} s after it was to go");
        if (!isLate && (leaders.Count == 0 || leaders.Any(l => l.Coordination.MembersOf(silo.Name).Any())))
        {
            Time.After(TimeSpan.FromMilliseconds(200), () => HandOver(silo, life, since, isBack));
            return;
        }

        Note($"{silo.Name} {(isLate ? "ends with work in its hands" : "has handed over")}");
        Die(silo);
        ComeBack(silo, isBack);
    }

    private void LeadTwice()
    {
        if (_leaders.Count != 1 || Any(s => s.Name != _leaders[0].Silo && !s.IsFrozen) is not { } silo)
            return;
        Note($"{silo.Name} leads too");
        Lead(silo.Name, isSuccessor: true);
        Time.After(
            Between(1000, 10000),
            () =>
            {
                if (_leaders.Count > 1)
                    _leaders.RemoveAt(_random.Next(2));
            }
        );
    }

    private void LoseStore()
    {
        (StoreIsAway, _storeHangs) = (true, _random.Next(2) == 0);
        Note(_storeHangs ? "the store hangs" : "the store is away");
        Time.After(
            Between(1000, 30000),
            () =>
            {
                StoreIsAway = false;
                foreach (var write in _hanging)
                    write.SetResult();
                _hanging.Clear();
            }
        );
    }

    private void FlipBit()
    {
        var sound = Up()
            .Where(s => !s.IsFrozen)
            .SelectMany(s => s.Trainers.Values)
            .Where(t => t.IsSound)
            .ToList();
        if (sound.Count < (_faults.IsMajorityRight ? 3 : 2))
            return;
        var victim = sound[_random.Next(sound.Count)];
        Note($"a bit flips in {victim.Name}");
        _flipped.Add(victim.Name);
        victim.FlipBit();
    }

    private void Lead(string silo, bool isSuccessor)
    {
        Note($"{silo} leads");
        var coordination = new RunCoordination(
            Run,
            _start,
            Liveness,
            _writtenTerm,
            isSuccessor,
            _random.Next(),
            Time.Now
        );
        foreach (var draining in _silos.Values.Where(s => s.IsDraining))
            coordination.Drain(draining.Name);
        var leader = new Leadership(silo, coordination, _version, _start.Attempt);
        leader.Record = new(
            () => WriteAsync(leader),
            failure =>
            {
                if (failure is InconsistentStateException && _leaders.Remove(leader))
                    Note($"{leader.Silo} leads no more: another one has written");
            },
            Time
        );
        _leaders.Add(leader);
    }

    private void Review()
    {
        foreach (var leader in _leaders.ToList())
            if (_silos[leader.Silo] is { IsUp: true, IsFrozen: false })
                Review(leader);
        if (!IsOver)
            Time.After(Liveness.Beat, Review);
    }

    private void Review(Leadership leader)
    {
        if (_run.IsOver)
            return;
        leader.Record.Look();
        if (!_leaders.Contains(leader))
            return;
        var before = leader.Coordination.Segments;
        var decision = leader.Coordination.Review(Time.Now);
        foreach (var departure in decision.Departures)
        {
            Note($"{departure.Trainer} left: {departure.Reason}");
            if (departure.Cause != DepartureCause.StateDiffers)
                continue;
            if (!_flipped.Contains(departure.Trainer))
                Violate($"{departure.Trainer} was called wrong, and no bit of it had flipped");
            Named++;
        }

        if (decision.LeasesChanged)
        {
            leader.Record.Change();
            if (!_leaders.Contains(leader))
                return;
            Note(
                $"term {leader.Coordination.Term}: "
                    + string.Join(
                        "; ",
                        leader.Coordination.Members.Select(m =>
                            $"{m.Trainer} {string.Join(',', leader.Coordination.Answer(m.Trainer).Lease?.Slots ?? [])}"
                        )
                    )
                    + $" from {leader.Coordination.Answer(leader.Coordination.Members.First().Trainer).Lease?.FromRound}, segments "
                    + string.Join(' ', leader.Coordination.Segments)
            );
        }

        leader.Retired.UnionWith(before.Except(leader.Coordination.Segments));
        if (leader.Record.MayAnnounce)
        {
            foreach (var gone in leader.Retired)
                Find(PinnedKey.Silo(gone))?.Close(gone);
            leader.Retired.Clear();
        }

        if (decision.Rest is { } saver && Find(PinnedKey.Silo(saver)) is { IsUp: true, IsFrozen: false } last)
        {
            if (last.Trainers[saver].Checkpoint is { } rounds)
                Checkpointed(rounds);
            leader.Coordination.Rest();
            Note($"{saver} keeps its state for trainers that come");
        }

        if (decision.End is { } end)
            End(leader, end);
        else if (decision.Restart is { } restart)
            Restart(leader, restart);
        else if (decision.Rest is null)
            _run.Progress(
                leader.Coordination.Members.Select(m => m.Last?.Round ?? 0).DefaultIfEmpty().Max(),
                leader.Coordination.Members.Where(m => m.Last is not null).Select(m => m.Trainer),
                leader.Coordination.Members.Any(m => m.HoldsState)
            );
    }

    /// <summary>The store keeps the newest term, of whoever knows what was written last.</summary>
    private async Task WriteAsync(Leadership leader)
    {
        if (StoreIsAway && !_storeHangs)
            throw new TimeoutException();
        if (StoreIsAway)
        {
            var answer = new TaskCompletionSource();
            _hanging.Add(answer);
            await answer.Task;
            if (!_leaders.Contains(leader) || !_silos[leader.Silo].IsUp)
                return; // nobody is left to be answered
        }

        if (leader.Version != _version)
            throw new InconsistentStateException();
        leader.Version = ++_version;
        _writtenTerm = leader.Coordination.Term;
    }

    /// <summary>As the coordinator's grain does it: saved, told, and only then over; asked again where the run's grain did not answer.</summary>
    private void End(Leadership leader, CoordinationEnd end)
    {
        if (end is { Saver: { } saver } && !leader.Coordination.StopNow)
        {
            if (Find(PinnedKey.Silo(saver)) is not { IsUp: true, IsFrozen: false } last)
                return;
            if (last.Trainers[saver].Checkpoint is { } rounds)
                Checkpointed(rounds);
        }

        if (!_run.End(new(end.State, end.Round, end.StateSha256, end.Fault, Attempt: leader.Attempt)))
            return;
        Note($"{leader.Silo} has told the end of attempt {leader.Attempt}: {end.State}");
        Dismiss(leader);
    }

    private void Restart(Leadership leader, CoordinationRestart restart)
    {
        if (_run.Restart(new(restart.Reason, restart.Dispute)) == false)
            Dismiss(leader);
    }

    private void Dismiss(Leadership leader)
    {
        if (_leaders.Remove(leader) && leader.Attempt == _start.Attempt)
            _isStarted = false;
    }

    /// <summary>The run's grain starts an attempt: whoever leads already leads that one from now on.</summary>
    public void Start(LifeEffect.Start start)
    {
        var silos = start
            .Trainers.Select(t => PinnedKey.Silo(t.Trainer))
            .Distinct()
            .Select(name => _silos[name])
            .ToList();
        Note($"the run starts at round {start.From.Round}: {start.News.Message}");
        _start = _start with
        {
            Trainers = [.. start.Trainers.Select(t => t.Trainer)],
            MinTrainers = start.MinTrainers,
            Attempt = start.Run.Stretch.Attempt,
            Dispute = start.Dispute,
        };
        (_isStarted, WitnessRound) = (true, start.Dispute?.Round);
        Disputes += start.Dispute is null ? 0 : 1;
        foreach (var silo in silos)
            silo.Begin(start.From.Round, silo.Trainers.Count);
        if (_leaders.FirstOrDefault(l => _silos[l.Silo] is { IsUp: true, IsFrozen: false }) is { } leader)
        {
            var known = Math.Max(_writtenTerm, leader.Coordination.Term);
            leader.Coordination = new(Run, _start, Liveness, known, false, _random.Next(), Time.Now);
            leader.Attempt = _start.Attempt;
        }
        else
        {
            _leaders.Clear();
            Lead(silos[0].Name, isSuccessor: false);
        }

        foreach (var silo in silos)
            silo.Wake();
    }

    /// <summary>Trainers that were sent away as those of the life before are brought in again; the others take part already.</summary>
    public void BringIn(string trainer)
    {
        if (
            _silos[PinnedKey.Silo(trainer)] is not { IsUp: true, IsDraining: false } silo
            || !silo.Trainers.Values.All(t => t.HasLeft)
        )
            return;
        silo.Begin(checkpoint: null, silo.Trainers.Count);
        silo.Wake();
    }

    public void StopCoordinator(bool now)
    {
        var leaders = _leaders.Where(l => _silos[l.Silo] is { IsUp: true, IsFrozen: false }).ToList();
        if (leaders.Count == 0 && _isStarted)
            throw new TimeoutException();
        foreach (var leader in leaders)
            leader.Coordination.Stop(now);
    }

    /// <summary>Whether a coordinator leads; asking brings the successor of a dead one.</summary>
    public bool IsLed()
    {
        if (!_isStarted)
            return false;
        if (_leaders.Any(l => _silos[l.Silo] is { IsUp: true, IsFrozen: false }))
            return true;
        if (_isVacant || _leaders.Any(l => _silos[l.Silo].IsUp) || Up().FirstOrDefault() is not { } heir)
            throw new TimeoutException();
        _leaders.Clear();
        Lead(heir.Name, isSuccessor: true);
        return true;
    }

    /// <summary>The silo of who leads an attempt; null for nobody.</summary>
    public string? LeaderOf(string attempt) =>
        _faults.DoubleActivations > 0
            ? null // the other one is found out when it writes
            : _leaders
                .FirstOrDefault(l => l.Attempt == attempt && _silos[l.Silo].IsUp && !l.Coordination.Stopping)
                ?.Silo;

    private sealed class Leadership(string silo, RunCoordination coordination, int version, string attempt)
    {
        public string Silo => silo;

        /// <summary>Of the run that it leads.</summary>
        public string Attempt { get; set; } = attempt;

        public RunCoordination Coordination { get; set; } = coordination;

        /// <summary>What it leaves to its successor.</summary>
        public RecordWriter Record { get; set; } = null!;

        /// <summary>Segments that the leases no longer name, once they are announced.</summary>
        public HashSet<string> Retired { get; } = [];

        /// <summary>The record's version that it knows, as a store's ETag.</summary>
        public int Version { get; set; } = version;
    }
}
