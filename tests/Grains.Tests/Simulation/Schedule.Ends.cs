using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>How a stretch of training ends, step by step as the coordinator's grain has it: each may fail, and is tried again.</content>
internal sealed partial class Schedule
{
    private bool _isEnding;

    /// <summary>Somebody has come to the last round.</summary>
    private void BeginEnd()
    {
        if (_isEnding)
            return;
        _isEnding = true;
        for (var i = 0; i < _faults.EndOutages; i++)
            Time.After(Between(0, 2000), () => LoseStore(Between(1000, 75000), hangs: _random.Next(2) == 0));
        for (var i = 0; i < _faults.FullDisks; i++)
            Time.After(Between(0, 1000), FillDisk);
        for (var i = 0; i < _faults.EndCrashes; i++)
            Time.After(Between(0, 5000), CrashLeader);
    }

    private void CrashLeader()
    {
        if (Leader() is not { } leader || !StateSurvives(_silos[leader.Silo]))
            return;
        Note($"{leader.Silo}, which leads, crashes");
        Die(_silos[leader.Silo]);
        ComeBack(_silos[leader.Silo]);
    }

    /// <summary>Saved, told, and only then over.</summary>
    private async Task EndAsync(Leadership leader, CoordinationEnd end)
    {
        var (coordination, attempt) = (leader.Coordination, leader.Start?.Attempt);
        try
        {
            if (end is { Saver: { } saver } && !coordination.StopNow)
            {
                var report = await SaveAsync(leader, saver);
                var news = RunEvents.Checkpoint(report);
                Note($"{news.Message}");
                leader.Unsaved = report.Fault?.Message;
                if (leader.Unsaved is not null && end.State == RunStatus.Finished)
                {
                    leader.Retry.Failed();
                    return; // its result would be nowhere
                }
            }

            if (!_run.End(new(end.State, end.Round, end.StateSha256, end.Fault, end.Incident, attempt)))
                throw new TimeoutException();
            if (leader.Coordination != coordination)
                return; // it was started anew meanwhile
            Note($"{leader.Silo} has told the end of attempt {attempt}: {end.State}");
            await ForgetAsync(leader);
        }
        catch (TimeoutException)
        {
            leader.Retry.Failed();
            return;
        }

        LetGo(leader);
    }

    /// <summary>The state of those who are to go is kept for trainers that come.</summary>
    private async Task RestAsync(Leadership leader, string saver)
    {
        var coordination = leader.Coordination;
        try
        {
            await SaveAsync(leader, saver);
        }
        catch (TimeoutException)
        {
            leader.Retry.Failed();
            return;
        }

        Note($"{saver} keeps its state for trainers that come");
        leader.Retry.Succeeded();
        coordination.Rest();
    }

    private async Task RestartAsync(Leadership leader, CoordinationRestart restart)
    {
        leader.Asks = true;
        var answer = _run.Restart(new(restart.Reason, restart.Dispute));
        leader.Asks = false;
        if (answer is not { } goesOn)
        {
            leader.Retry.Failed();
            return;
        }

        leader.Retry.Succeeded();
        if (goesOn)
            return; // trainers may still have to come
        await ForgetAsync(leader);
        LetGo(leader);
    }

    /// <summary>Nobody is led any more; where the store does not answer, a successor ends it once more.</summary>
    private async Task ForgetAsync(Leadership leader)
    {
        var silo = _silos[leader.Silo];
        var life = silo.Life;
        leader.Start = null;
        await leader.Record.ChangeAsync();
        var goesOn = new TaskCompletionSource();
        silo.When(life, goesOn.SetResult);
        await goesOn.Task; // of a dead one never
    }

    private void LetGo(Leadership leader)
    {
        if (!_leaders.Remove(leader))
            return; // another one leads, and ends it
        leader.Retired.UnionWith(leader.Coordination.Segments);
        CloseRetired(leader);
        foreach (var member in leader.Coordination.Members)
            Call<string, bool>(
                _silos[leader.Silo],
                member.Silo,
                () => member.Trainer,
                (silo, trainer, reply) =>
                {
                    silo.Trainers.GetValueOrDefault(trainer)?.Leave();
                    reply(true);
                },
                answer => answer,
                _ => { },
                () => { } // it hears it from its heartbeats
            );
    }

    /// <exception cref="TimeoutException">The trainer did not answer.</exception>
    private Task<CheckpointReport> SaveAsync(Leadership leader, string saver)
    {
        var report = new TaskCompletionSource<CheckpointReport>();
        Call<string, CheckpointReport>(
            _silos[leader.Silo],
            PinnedKey.Silo(saver),
            () => saver,
            (silo, trainer, reply) => silo.Trainers.GetValueOrDefault(trainer)?.Save(reply),
            answer => answer,
            report.SetResult,
            () => report.SetException(new TimeoutException())
        );
        return report.Task;
    }
}
