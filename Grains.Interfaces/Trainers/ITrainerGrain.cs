namespace MMOrleans.Grains.Interfaces.Trainers;

/// <summary>Drives one device, which computes the slots leased to it.</summary>
/// <remarks>Key: <c>silo/t0</c>; pinned to that silo. Its calls return at once: the work belongs to the device's own thread.</remarks>
[Alias("mm.ITrainerGrain")]
public interface ITrainerGrain : IGrainWithStringKey
{
    /// <summary>Takes up a run. Repeating it for the same run changes nothing; another run replaces it.</summary>
    [Alias("Start")]
    Task StartAsync(TrainerAssignment assignment, CancellationToken cancellationToken = default);

    /// <summary>Writes the paused trainer's state as a checkpoint and says which.</summary>
    /// <remarks>Safe to repeat: an intact checkpoint of the same state is left as it is.</remarks>
    [Alias("Save"), ResponseTimeout("00:02:00")]
    Task<Runs.CheckpointReport> SaveAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>A stretch of the state of a completed round, for a trainer that fell behind or joins.</summary>
    [Alias("FetchState"), ResponseTimeout("00:00:20")]
    Task<StateAnswer> FetchStateAsync(StateRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lets go of a run. Safe to repeat.</summary>
    [Alias("Leave")]
    Task LeaveAsync(string runId, CancellationToken cancellationToken = default);
}
