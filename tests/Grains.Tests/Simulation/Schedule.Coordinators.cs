using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs.Life;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>Coordinators: where the directory has them, how another one takes over, and what they do.</content>
internal sealed partial class Schedule
{
    private readonly List<Leadership> _leaders = [];
    private DateTimeOffset _vacantUntil;
    private bool _wasVacant;

    /// <summary>A heartbeat to whoever leads, as seen from a silo.</summary>
    public void Beat(SimulatedSilo from, Heartbeat heartbeat, Action<BeatAnswer> answered, Action refused)
    {
        var there = InDirectory();
        if (there.Count == 0)
        {
            // A process that is gone refuses; a machine that is gone does not answer. Nothing is drawn: schedules stay what they are.
            if (Time.Now < _vacantUntil && _vacantUntil.Ticks % 2 == 0)
                from.After(TimeSpan.FromMilliseconds(2), refused);
            // An activation that leads nothing says so.
            if (!StoreIsAway && _stored.Start is null && Time.Now >= _vacantUntil)
                from.After(Between(1, 10), () => answered(new(Directive.Leave, null)));
            return;
        }

        var leader = there[there.Count == 1 ? 0 : from.Name[^1] & 1];
        Call<Heartbeat, BeatAnswer>(
            from,
            leader.Silo,
            () => heartbeat,
            (_, message, reply) =>
            {
                if (!leader.IsUp || !_leaders.Contains(leader))
                    return; // the next heartbeat goes to whoever leads then
                leader.Coordination.Beat(message, Time.Now);
                if (leader.Coordination.IsReviewDue(Time.Now))
                    Review(leader);
                if (!_leaders.Contains(leader))
                    return;
                var answer = leader.Coordination.Answer(message.Trainer);
                if (leader.IsToldToStop && answer.Directive is Directive.Train or Directive.Copy)
                    Violate($"{message.Trainer} was told to go on, by a coordinator that was told to stop");
                if (!leader.Record.MayAnnounce)
                    answer = answer with { Lease = null };
                // One that its cluster has declared dead answers what reached it before; who is told has heard of a newer term.
                if (answer.Lease is { } lease && !_silos[leader.Silo].IsEvicted)
                    _rules.Announced(message.Trainer, lease);
                reply(answer.To(message));
            },
            answer => answer,
            answered,
            () => { }
        );
    }

    /// <summary>Whoever leads and can be called.</summary>
    private Leadership? Leader() => _leaders.FirstOrDefault(l => l is { IsThere: true, IsFrozen: false });

    /// <summary>Every trainer has the newest lease of whoever leads.</summary>
    private bool IsLeaseKnown =>
        Leader() is not { } leader
        || Up().SelectMany(s => s.Trainers.Values).All(t => t.Term == leader.Coordination.Term);

    /// <summary>Who leads, as the directory has it. Nobody for a while where one has died, or the store does not answer; a call to nobody activates another.</summary>
    private List<Leadership> InDirectory()
    {
        var there = _leaders.Where(l => l.IsThere).ToList();
        if (there.Count > 0 || Time.Now < _vacantUntil)
            return there;
        if (_leaders.RemoveAll(l => !l.IsUp) > 0)
        {
            _wasVacant = true;
            _vacantUntil = Time.Now + Between(500, 6000); // the directory still holds the dead one's place
            return [];
        }

        if (
            StoreIsAway // an activation reads its record first
            || _stored.Start is not { } start
            || Any(s => !s.IsEvicted) is not { } heir
        )
            return [];
        Lead(heir.Name, start, isSuccessor: true);
        return [_leaders[^1]];
    }

    private void LeadTwice()
    {
        if (
            _leaders.Count != 1
            || StoreIsAway
            || _stored.Start is not { } start
            || Any(s => s.Name != _leaders[0].Silo && !s.IsFrozen) is not { } silo
        )
            return;
        Note($"{silo.Name} leads too");
        Lead(silo.Name, start, isSuccessor: true);
        var length = Between(1000, 10000);
        Trouble(length);
        Time.After(
            length,
            () =>
            {
                if (_leaders.Count > 1)
                    _leaders.RemoveAt(_random.Next(2));
            }
        );
    }

    private void Lead(string silo, CoordinatorStart start, bool isSuccessor)
    {
        Note($"{silo} leads");
        var leader = new Leadership(
            _silos[silo],
            _silos[silo].Life,
            Coordinate(silo, start, _stored.Term, isSuccessor),
            start,
            _stored.Term,
            _version,
            Time
        );
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

    private RunCoordination Coordinate(string home, CoordinatorStart start, long knownTerm, bool isSuccessor)
    {
        var coordination = new RunCoordination(
            Run,
            start,
            Liveness,
            knownTerm,
            isSuccessor,
            _random.Next(),
            Time.Now,
            home
        );
        foreach (var draining in _silos.Values.Where(s => s.IsDraining))
            coordination.Drain(draining.Name);
        return coordination;
    }

    private void Review()
    {
        foreach (var leader in _leaders.ToList())
            if (leader is { IsUp: true, IsFrozen: false })
                Review(leader);
        if (!IsOver)
            Time.After(Liveness.Beat, Review);
    }

    private void Review(Leadership leader)
    {
        leader.Coordination.Attend(Time.Now);
        leader.Record.Look();
        if (leader.Step is { IsFaulted: true, Exception: { } wrong })
            Violate(wrong.GetBaseException().ToString());
        if (!_leaders.Contains(leader) || !leader.Step.IsCompleted)
            return;
        var before = leader.Coordination.Segments;
        var decision = leader.Coordination.Review(Time.Now);
        Tell(leader, decision);
        if (decision.LeasesChanged)
        {
            leader.Term = leader.Coordination.Term;
            RequireNothingForHung(leader);
            leader.Record.Change();
            if (!_leaders.Contains(leader))
                return;
            NoteTerm(leader);
        }

        if (decision is { End: null, Restart: null, Rest: null })
            _rules.Reviewed(leader.Coordination);
        leader.Retired.UnionWith(before.Except(leader.Coordination.Segments));
        CloseRetired(leader);
        if (decision is not { End: null, Restart: null, Rest: null } && !leader.Retry.IsOver)
            return; // it failed a moment ago
        if (decision.End is { } end)
            leader.Step = EndAsync(leader, end);
        else if (decision.Restart is { } restart)
            leader.Step = RestartAsync(leader, restart);
        else if (decision.Rest is { } saver)
            leader.Step = RestAsync(leader, saver);
        else
            _run.Progress(RunProgressSummary.Run(leader.Coordination.Members));
    }

    /// <summary>What the run is told of its trainers.</summary>
    private void Tell(Leadership leader, CoordinationDecision decision)
    {
        foreach (var departure in decision.Departures)
            Judge(departure, leader.Coordination);
        var news = leader.Story.Reviewed(
            leader.Coordination.Members,
            decision,
            silo => !_silos[silo].IsUp,
            trainer => leader.Coordination.Answer(trainer).Lease?.Slots ?? [],
            Time.Now
        );
        foreach (var happened in news)
            Note($"{happened.Message}");
        if (
            decision.Departures.All(departure => departure.Cause != DepartureCause.Drained)
            || leader.Start is not { } start
        )
            return;
        // The next coordinator must not take a trainer that has handed over for lost.
        ImmutableArray<string> stay = [.. leader.Coordination.Members.Select(m => m.Trainer)];
        if (stay.IsEmpty)
            return; // somebody has to be expected
        leader.Start = start with { Trainers = stay };
        leader.Record.Change();
    }

    private void Judge(Departure departure, RunCoordination coordination)
    {
        var silo = PinnedKey.Silo(departure.Trainer);
        if (departure.Quarantine > TimeSpan.Zero && (_troubled.Contains(silo) || _faults.Loss > 0))
            Trouble(departure.Quarantine, silo);
        if (_faults == new Faults(Standstills: _faults.Standstills))
            Violate($"{departure.Trainer} left ({departure.Cause}), and only the coordinator stood still");
        switch (departure.Cause)
        {
            case DepartureCause.Drained:
                RequireTakenOver(departure.Trainer, coordination);
                break;
            case DepartureCause.StateDiffers:
                if (!_flipped.Remove(departure.Trainer))
                    Violate($"{departure.Trainer} was called wrong, and no bit of it had flipped");
                Named++;
                break;
            case DepartureCause.Hung:
                if (!_silos[silo].Trainers[departure.Trainer].IsHung)
                    Violate($"the device of {departure.Trainer} was said to hang, and does not");
                _hungAndNamed.Add(departure.Trainer);
                break;
        }
    }

    /// <summary>Whoever hands over has nothing left to compute, and those who stay know it: where nobody is lost a drain costs no round's work.</summary>
    private void RequireTakenOver(string trainer, RunCoordination coordination)
    {
        var staying = coordination.Members.Select(m => m.Trainer).ToHashSet();
        if (!HasMembershipOnly || staying.Count == 0)
            return;
        var round = Math.Max(0, coordination.Answer(staying.First()).Round);
        var held = Up()
            .SelectMany(s => s.Trainers.Values)
            .Where(t => staying.Contains(t.Name))
            .SelectMany(t => t.Held(round))
            .ToHashSet();
        if (held.Count < Model.Plan.Slots)
            Violate(
                $"{trainer} has handed over, and of round {round} the others know of slots {string.Join(',', held.Order())} only"
            );
    }

    private void NoteTerm(Leadership leader)
    {
        if (!IsLogged)
            return;
        var (coordination, members) = (leader.Coordination, leader.Coordination.Members.ToList());
        Note(
            $"term {coordination.Term}: {string.Join("; ", members.Select(m => $"{m.Trainer} {string.Join(',', coordination.Answer(m.Trainer).Lease?.Slots ?? [])}"))} from {coordination.Answer(members[0].Trainer).Lease?.FromRound}, segments {string.Join(' ', coordination.Segments)}"
        );
    }

    /// <summary>Until the lease that names others is announced, trainers exchange their rounds at these.</summary>
    private void CloseRetired(Leadership leader)
    {
        if (!leader.Record.MayAnnounce)
            return;
        foreach (var gone in leader.Retired)
            Find(PinnedKey.Silo(gone))?.Close(gone);
        leader.Retired.Clear();
    }

    /// <summary>The run's grain starts an attempt: whoever leads already leads that one from now on.</summary>
    public void Start(LifeEffect.Start start)
    {
        Note($"the run starts at round {start.From.Round}: {start.News.Message}");
        var attempt = new CoordinatorStart(
            [.. start.Trainers.Select(t => t.Trainer)],
            Model.Plan.Slots,
            start.MinTrainers,
            Model.Plan.End
        )
        {
            Attempt = start.Run.Stretch.Attempt,
            Dispute = start.Dispute,
        };
        var silos = start
            .Trainers.Select(t => PinnedKey.Silo(t.Trainer))
            .Distinct()
            .Select(name => _silos[name])
            .ToList();
        var leader = InDirectory().FirstOrDefault();
        if (leader is not null)
        {
            if (leader.IsFrozen)
                throw new TimeoutException();
            leader.Retired.UnionWith(leader.Coordination.Segments);
            CloseRetired(leader);
            leader.Lead(attempt, Coordinate(leader.Silo, attempt, leader.Term, isSuccessor: false));
        }
        else
        {
            if (StoreIsAway || Time.Now < _vacantUntil)
                throw new TimeoutException();
            Lead(silos[0].Name, attempt, isSuccessor: false);
            leader = _leaders[^1];
        }

        leader.Record.Change();
        _hungAndNamed.Clear(); // an attempt knows nothing of the one before
        _computed.Clear();
        _explainedAt = Time.Now; // and its timeline says why
        WitnessRound = start.Dispute?.Round;
        Disputes += start.Dispute is null ? 0 : 1;
        foreach (var silo in silos)
            silo.Begin(start.From.Round, silo.Trainers.Count);
        foreach (var silo in silos)
            silo.Wake();
    }

    public void StopCoordinator(bool now)
    {
        var there = InDirectory();
        if (there.Any(l => l.IsFrozen) || (there.Count == 0 && (StoreIsAway || Time.Now < _vacantUntil)))
            throw new TimeoutException();
        foreach (var leader in there)
            leader.Stop(now);
    }

    /// <summary>Whether a coordinator leads; asking brings the successor of a dead one.</summary>
    public bool IsLed()
    {
        var there = InDirectory();
        if (there.Any(l => !l.IsFrozen))
            return true;
        if (there.Count > 0 || StoreIsAway || Time.Now < _vacantUntil || !Up().Any())
            throw new TimeoutException();
        return false;
    }

    /// <summary>The silo of who leads an attempt; null for nobody.</summary>
    public string? LeaderOf(string attempt) =>
        _faults.DoubleActivations + _faults.Evictions > 0
            ? null // the other one is found out when it writes
            : _leaders
                .FirstOrDefault(l =>
                    l is { IsUp: true, Asks: false, Coordination.Stopping: false }
                    && l.Start?.Attempt == attempt
                )
                ?.Silo;
}
