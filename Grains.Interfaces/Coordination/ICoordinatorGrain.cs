namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>Leads one run's averaging: says which trainer computes which slots, and where segments are averaged.</summary>
/// <remarks>Key: the run's id. Never on the path of a healthy round.</remarks>
[Alias("mm.ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Takes the trainers into a run; leases are handed out with their heartbeats.</summary>
    /// <remarks>Repeating it while the run is led changes nothing.</remarks>
    [Alias("Start")]
    Task StartAsync(CoordinatorStart start, CancellationToken cancellationToken = default);

    /// <summary>Reports that a trainer lives and how far it is; answers with the lease in force.</summary>
    /// <remarks>Safe to repeat and to lose: the next heartbeat says it again. A trainer the run does not know is told to leave.</remarks>
    [Alias("Beat")]
    Task<BeatAnswer> BeatAsync(Heartbeat heartbeat, CancellationToken cancellationToken = default);

    /// <summary>Pauses every trainer, has the newest completed state checkpointed unless <paramref name="now"/>, then ends the run as stopped.</summary>
    /// <remarks>Returns when noted. Safe to repeat.</remarks>
    [Alias("Stop")]
    Task StopAsync(bool now, CancellationToken cancellationToken = default);

    /// <summary>Gives the slots of a silo's trainers to others from a coming round on, then lets them go.</summary>
    /// <remarks>Ask again until it is done: a coordinator that took over in between has not heard of it.</remarks>
    /// <param name="silo">Its name.</param>
    /// <param name="address">Its address with its generation: another process of the same name is not meant, and gets slots again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The silo's trainers that are still in the run.</returns>
    [Alias("Drain")]
    Task<ImmutableArray<string>> DrainAsync(
        string silo,
        string address,
        CancellationToken cancellationToken = default
    );

    /// <summary>Whether it leads the run; asked to find out whether the run is alive.</summary>
    [Alias("IsLeading")]
    Task<bool> IsLeadingAsync(CancellationToken cancellationToken = default);
}
