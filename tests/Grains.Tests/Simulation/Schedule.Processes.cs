namespace MMOrleans.Grains.Tests.Simulation;

/// <content>Processes that die, stand still, and come back.</content>
internal sealed partial class Schedule
{
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

    private void DieInTurn(int times)
    {
        if (Any(StateSurvives) is not { } silo)
            return;
        Note($"{silo.Name} dies{(Leader()?.Silo == silo.Name ? ", which leads" : "")}");
        Die(silo);
        ComeBack(
            silo,
            () =>
            {
                if (times > 1)
                    Time.After(Between(8000, 12000), () => DieInTurn(times - 1));
            }
        );
    }

    private void Die(SimulatedSilo silo)
    {
        _wasVacant |= _leaders.Any(l => l.Silo == silo.Name);
        if (_random.Next(_silos.Count) == 0)
            _run.Die();
        silo.Die();
        Trouble(default, silo.Name);
        Time.After(
            Between(1000, 3000),
            () =>
                WhenStoreIsThere(() =>
                {
                    foreach (var leader in _leaders)
                        if (!silo.IsUp)
                            leader.Coordination.Lose(silo.Name);
                })
        );
    }

    private void Blackout()
    {
        var isStoreLost = _random.Next(2) > 0; // a store in memory dies with them
        if (isStoreLost)
            (_stored, _version) = ((0, null), _version + 1);
        Note($"every silo crashes{(isStoreLost ? ", and the store" : "")}");
        _leaders.Clear();
        _run.Die();
        Trouble(default, [.. _silos.Keys]);
        foreach (var silo in Up().ToList())
        {
            silo.Die();
            ComeBack(silo);
        }
    }

    private void ComeBack(SimulatedSilo silo, Action? isBack = null) =>
        Time.After(Between(2000, 20000), () => WhenStoreIsThere(() => Begin(silo, isBack)));

    private void Begin(SimulatedSilo silo, Action? isBack)
    {
        Note($"{silo.Name} is back");
        Trouble(default, silo.Name);
        _leaders.RemoveAll(l => l.Silo == silo.Name); // of its life before; nobody may have asked since
        silo.Begin(checkpoint: null, silo.Trainers.Count);
        if (_run.IsOver)
            silo.LeaveAll();
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

    private void FreezeBeside(int times)
    {
        if (Beside() is not [var name, ..])
            return;
        var length = Between(3000, 9000);
        Note($"{name}, which does not lead, freezes for {length.TotalSeconds:F1} s");
        Trouble(length, name);
        _silos[name].Freeze(length);
        if (times > 1)
            Time.After(length + Between(12000, 15000), () => FreezeBeside(times - 1));
    }

    private void Freeze()
    {
        if (Any(s => !s.IsFrozen && StateSurvives(s)) is not { } silo)
            return;
        var length = Between(500, 12000);
        Note($"{silo.Name} freezes for {length.TotalSeconds:F1} s");
        silo.Freeze(length);
        Trouble(length, silo.Name);
    }

    /// <summary>Whoever leads hears nobody for longer than patience; its cluster takes it for alive all the same.</summary>
    private void StandStill(int times)
    {
        if (_isPauseJudged && !IsLeaseKnown)
        {
            // What everybody falls back to is the same once everybody has the newest lease.
            Time.After(Liveness.Beat, () => StandStill(times));
            return;
        }

        if (Leader() is { } leader && _silos[leader.Silo] is var silo)
        {
            var length = Between(6000, 8000);
            Note($"{silo.Name}, which leads, stands still for {length.TotalSeconds:F1} s");
            silo.Freeze(length);
            Trouble(length);
        }

        if (times > 1)
            Time.After(Between(13000, 18000), () => StandStill(times - 1));
    }

    /// <summary>Whoever leads stands still until its cluster has taken it for dead and somebody else leads; it acts for a moment when it goes on.</summary>
    private void Evict()
    {
        if (Leader() is not { } leader)
            return;
        var (silo, length) = (_silos[leader.Silo], Between(15000, 60000));
        var life = silo.Life;
        Note(
            $"{silo.Name}, which leads, stands still for {length.TotalSeconds:F1} s, too long for its cluster"
        );
        silo.Freeze(length);
        Trouble(length, silo.Name);
        Time.After(Between(8000, 12000), () => WhenStoreIsThere(() => TakeForDead(silo, life)));
        silo.After(length + Between(0, 2000), () => Retire(silo));
    }

    private void TakeForDead(SimulatedSilo silo, int life)
    {
        if (silo.Life != life)
            return;
        Note($"{silo.Name} is taken for dead");
        silo.IsEvicted = true;
        _wasVacant = true;
        foreach (var other in _leaders.Where(l => l.Silo != silo.Name))
            other.Coordination.Lose(silo.Name);
    }

    /// <summary>A process that finds itself declared dead ends.</summary>
    private void Retire(SimulatedSilo silo)
    {
        if (!silo.IsEvicted)
            return;
        Note($"{silo.Name} finds itself declared dead, and ends");
        Die(silo);
        ComeBack(silo);
    }

    private void Join()
    {
        var name = $"s{_silos.Count}";
        Note($"{name} joins");
        AddSilo(name);
        _silos[name].Begin(checkpoint: null, _random.Next(1, 3));
        _silos[name].Wake();
    }
}
