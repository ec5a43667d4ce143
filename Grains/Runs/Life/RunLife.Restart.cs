using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Runs.Life;

/// <content>A run that has lost its coordinator or its state begins again from its checkpoint.</content>
internal sealed partial class RunLife
{
    private IReadOnlyList<LifeEffect> Wake(DateTimeOffset now) =>
        State switch
        {
            LifeState.Queued or LifeState.Unled when !_isHeld => HoldFor(new LifeEvent.Woken()),
            LifeState.Queued queued =>
            [
                new LifeEffect.Supervise(),
                new LifeEffect.Wait(queued, queued.Record.WaitingFor ?? ""),
            ],
            LifeState.Unled =>
            [
                new LifeEffect.Supervise(), // what cannot be done at once
                .. Restart(new("every process that trained it has ended", null), now),
            ],
            LifeState.Ended ended =>
            [
                .. _isHeld ? LetGo() : [],
                .. ended.HoldsTrainers ? (LifeEffect[])[new LifeEffect.Release()] : [],
            ],
            _ => [],
        };

    private IReadOnlyList<LifeEffect> Restart(LifeEvent.RestartAsked asked, DateTimeOffset now)
    {
        if (State is not (LifeState.Live or LifeState.Unled))
            return [new LifeEffect.Answer(false)];
        if (!_isHeld)
            return HoldFor(asked);
        var isStopping = Known!.Record.Status == RunStatus.Stopping; // also in a run that has had no coordinator since
        var decision = _restarts.Decide(asked.Reason, asked.Dispute, isStopping, _monotonic);
        return decision.Choice switch
        {
            RestartChoice.Leave => [new LifeEffect.Answer(true)],
            RestartChoice.Stop =>
            [
                .. End(new(RunStatus.Stopped, Known!.Record.Round, null, null), now),
                new LifeEffect.Answer(false),
            ],
            RestartChoice.Fail => [.. Fail(decision.Fault!, now), new LifeEffect.Answer(false)],
            _ => Begin(new RunIntent.Restart(asked.Reason, asked.Dispute), Known!.Settings),
        };
    }
}
