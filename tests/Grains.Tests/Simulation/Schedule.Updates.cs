namespace MMOrleans.Grains.Tests.Simulation;

/// <content>Silos that are emptied, and updates of all of them in turn.</content>
internal sealed partial class Schedule
{
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(30);

    private bool _isUpdating;

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

        var leaders = _leaders.Where(l => l is { IsUp: true, IsFrozen: false }).ToList();
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
}
