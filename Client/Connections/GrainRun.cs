using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>A run that is asked through its grain.</summary>
internal sealed class GrainRun(IRunGrain run) : IRunHandle
{
    public Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken) =>
        run.SubmitAsync(submission, cancellationToken);

    public Task<RunRehearsal> RehearseAsync(RunSubmission submission, CancellationToken cancellationToken) =>
        run.RehearseAsync(submission, cancellationToken);

    public Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken) =>
        run.ResumeAsync(resumption, cancellationToken);

    public Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken) =>
        run.StopAsync(now, reason, cancellationToken);

    public Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken) =>
        run.GetStatusAsync(cancellationToken);

    public Task<RunUpdate> WatchAsync(long cursor, TimeSpan patience, CancellationToken cancellationToken) =>
        run.WatchAsync(cursor, patience, cancellationToken);
}
