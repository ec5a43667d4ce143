using Microsoft.Extensions.Logging;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Coordination;

/// <summary>What the leader of a run logs.</summary>
internal sealed partial class CoordinatorGrain
{
    [LoggerMessage(LogLevel.Information, "Run {Run}: {Trainer} left in term {Term}: {Reason}")]
    private partial void LogDeparture(string run, long term, string trainer, string reason);

    [LoggerMessage(LogLevel.Information, "Run {Run}: term {Term}, slots leased as {Leases}")]
    private partial void LogLeases(string run, long term, string leases);

    [LoggerMessage(LogLevel.Information, "Run {Run}: training ended {State} after {Round} rounds")]
    private partial void LogEnd(string run, RunStatus state, long round);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: it is finished once its last checkpoint is written, attempt {Attempt}: {Code} {Reason}"
    )]
    private partial void LogUnsaved(string run, string code, string reason, int attempt);

    [LoggerMessage(LogLevel.Information, "Run {Run}: paused after {Round} rounds, every silo is draining")]
    private partial void LogResting(string run, long round);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: {What}, attempt {Attempt}; retrying")]
    private partial void LogRetried(Exception exception, string run, string what, int attempt);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: could not report events to its run grain; retrying")]
    private partial void LogUntold(Exception exception, string run);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: its run grain refused an event {News}; dropped")]
    private partial void LogDropped(Exception exception, string run, string news);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: could not store term {Term} yet; it is in force anyway")]
    private partial void LogUnwritten(Exception exception, string run, long term);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: another coordinator took over; this one stops")]
    private partial void LogDeposed(string run);

    [LoggerMessage(LogLevel.Debug, "Run {Run}: release call timed out; ignored")]
    private partial void LogUnheard(Exception exception, string run);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: a background call failed; ignored")]
    private partial void LogRefused(Exception exception, string run);
}
