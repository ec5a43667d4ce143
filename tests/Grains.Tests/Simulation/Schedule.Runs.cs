using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>The run's grain among the silos, and the clock that people set.</content>
internal sealed partial class Schedule
{
    /// <summary>The round whose state is to be told; null when nobody asks.</summary>
    public long? WitnessRound { get; private set; }

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

        foreach (var silo in Up())
            silo.LetGoOfForgotten();
        RequireBounds();
        RequireReason();
        Time.After(Tending, Tend);
    }

    /// <summary>The trainer that writes reports an epoch.</summary>
    public void Report(long round, int roundsPerEpoch) => _run.Report(round, roundsPerEpoch);

    private void MoveRun()
    {
        Note($"the run's grain dies");
        _run.Die();
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

    /// <summary>A person, or a server of time, sets the clock. It draws nothing from the seed, so that the schedule is that without it.</summary>
    private void PlanClockSteps(TimeSpan horizon)
    {
        for (var i = 1; i <= _faults.ClockSteps; i++)
        {
            var step = TimeSpan.FromHours((Seed + i) % 2 == 0 ? 1 : -1);
            Time.After(horizon * i / (_faults.ClockSteps + 1), () => Time.Set(step));
        }
    }
}
