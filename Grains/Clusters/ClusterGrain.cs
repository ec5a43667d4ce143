using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Grains.Clusters;

/// <inheritdoc cref="IClusterGrain"/>
internal sealed class ClusterGrain(DeviceRegistry devices) : Grain, IClusterGrain
{
    private readonly Dictionary<string, string> _runOf = [];
    private readonly List<string> _runs = [];

    public Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_runs.AsEnumerable().Reverse().ToImmutableArray());

    public Task<ImmutableArray<TrainerDescription>> ListTrainersAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Trainers());

    public Task<Allotment> AllotAsync(
        string runId,
        int minTrainers,
        int maxTrainers,
        CancellationToken cancellationToken
    )
    {
        if (!_runs.Contains(runId))
            _runs.Add(runId);
        var all = Trainers();
        var allotment = TrainerAllotment.Decide(runId, all, minTrainers, maxTrainers);
        foreach (var trainer in allotment.Trainers)
            _runOf[trainer.Trainer] = runId;
        return Task.FromResult(allotment);
    }

    public Task ReleaseAsync(string runId, CancellationToken cancellationToken)
    {
        foreach (var trainer in _runOf.Where(t => t.Value == runId).Select(t => t.Key).ToList())
            _runOf.Remove(trainer);
        return Task.CompletedTask;
    }

    private ImmutableArray<TrainerDescription> Trainers() =>
        [
            .. devices.Devices.Select(d => new TrainerDescription(
                d.Trainer,
                d.Name,
                devices.Fingerprint,
                _runOf.GetValueOrDefault(d.Trainer, "")
            )),
        ];
}
