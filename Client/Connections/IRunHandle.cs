using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>What verbs ask of one run, whatever carries the question.</summary>
internal interface IRunHandle
{
    /// <inheritdoc cref="IRunGrain.SubmitAsync"/>
    Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IRunGrain.RehearseAsync"/>
    Task<RunRehearsal> RehearseAsync(RunSubmission submission, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IRunGrain.ResumeAsync"/>
    Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IRunGrain.StopAsync"/>
    Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IRunGrain.GetStatusAsync"/>
    Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IRunGrain.WatchAsync"/>
    Task<RunUpdate> WatchAsync(long cursor, TimeSpan patience, CancellationToken cancellationToken = default);
}
