using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using Orleans.Placement;

namespace MMOrleans.Grains.Trainers;

/// <inheritdoc cref="ITrainerGrain"/>
[PinnedToSilo, KeepAlive, Immovable]
internal sealed class TrainerGrain(DeviceRegistry devices, TrainingSessionFactory sessions)
    : Grain,
        ITrainerGrain
{
    private string Trainer => this.GetPrimaryKeyString();

    public async Task StartAsync(TrainerAssignment assignment, CancellationToken cancellationToken)
    {
        if (devices.Session(Trainer) is { } current)
        {
            if ((current.RunId, current.Attempt) == (assignment.RunId, assignment.Attempt) && !current.Ended)
                return;
            await devices.DetachAsync(Trainer);
        }

        var session = sessions.Create(assignment, devices.Device(Trainer));
        devices.Attach(Trainer, session);
        session.Start();
    }

    public Task<CheckpointReport> SaveAsync(string runId, CancellationToken cancellationToken) =>
        Session(runId).SaveAsync();

    public Task<StateAnswer> FetchStateAsync(StateRequest request, CancellationToken cancellationToken) =>
        devices.Session(Trainer) is { } session && session.RunId == request.RunId
            ? session.FetchStateAsync(request)
            : Task.FromResult(new StateAnswer(-1, default, 0, null));

    public Task LeaveAsync(string runId, CancellationToken cancellationToken) =>
        devices.Session(Trainer)?.RunId == runId ? devices.DetachAsync(Trainer) : Task.CompletedTask;

    private TrainingSession Session(string runId) =>
        devices.Session(Trainer) is { } session && session.RunId == runId
            ? session
            : throw new InvalidOperationException($"{Trainer} is not in run {runId}.");
}
