using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>What the owner of one run asked for and what came of it; the only writer of its metrics and events.</summary>
/// <remarks>Key: the run's id. Durable: its state is the run folder.</remarks>
[Alias("mm.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Checks the request, opens the data, makes the run folder and starts.</summary>
    /// <remarks>Repeating the same request changes nothing. A refusal leaves nothing behind.</remarks>
    [Alias("Submit"), ResponseTimeout("00:10:00")]
    Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>Opens all that the request would begin with, as <see cref="SubmitAsync"/> does, and starts and writes nothing.</summary>
    /// <remarks>Whether trainers are free is not asked: they come and go.</remarks>
    [Alias("Rehearse"), ResponseTimeout("00:10:00")]
    Task<RunRehearsal> RehearseAsync(RunSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>Goes on from a checkpoint.</summary>
    /// <remarks>Repeating it while the run is going changes nothing.</remarks>
    [Alias("Resume"), ResponseTimeout("00:10:00")]
    Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken = default);

    /// <summary>Checkpoints the newest completed round, then stops; with <paramref name="now"/> without a checkpoint.</summary>
    /// <remarks>Returns when the request is noted; <see cref="WatchAsync"/> tells when it is done. Safe to repeat.</remarks>
    [Alias("Stop")]
    Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken = default);

    /// <summary>The whole picture.</summary>
    /// <exception cref="RunNotFoundException">There is no such run here.</exception>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits up to <paramref name="patience"/> (10 s at most) for something new after <paramref name="cursor"/>; 0 begins with the first.</summary>
    /// <remarks>An answer is a few MiB at most, and says whether there is more. Progress alone is answered at most every half second.</remarks>
    [Alias("Watch"), AlwaysInterleave, ResponseTimeout("00:00:20")]
    Task<RunUpdate> WatchAsync(long cursor, TimeSpan patience, CancellationToken cancellationToken = default);

    /// <summary>A silo has started: a run that is to be going goes on, if need be from its newest checkpoint.</summary>
    /// <remarks>Safe to repeat; changes nothing for a run that is going or over.</remarks>
    [Alias("Wake"), ResponseTimeout("00:10:00")]
    Task WakeAsync(CancellationToken cancellationToken = default);

    /// <summary>The coordinator says that nobody holds the run's state any more, or that nobody knows which of several is right.</summary>
    /// <param name="reason">Why, as a clause.</param>
    /// <param name="dispute">The states that differ without a majority; null when the state is lost.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>Whether the run goes on; true also while it waits for trainers, to be asked again.</returns>
    [Alias("Restart"), ResponseTimeout("00:10:00")]
    Task<bool> RestartAsync(string reason, Dispute? dispute, CancellationToken cancellationToken = default);

    /// <summary>The coordinator says how far the run is.</summary>
    /// <remarks>Soon out of date: a call to a silo that is gone is given up early, so that the next one says how far it is.</remarks>
    [Alias("NoteProgress"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task NoteProgressAsync(RunProgress progress, CancellationToken cancellationToken = default);

    /// <summary>
    /// A trainer says what an epoch gave. The same epoch twice is one; of two different results the first stands, and that they differ is told
    /// as an error (MM4004). It fails no run: states are compared in every round, and rows may come from processes of two versions.
    /// </summary>
    /// <returns>Why the run must not go on: its images were not those that the samplers drew (I3). Null when it may.</returns>
    [Alias("RecordEpoch")]
    Task<Fault?> RecordEpochAsync(EpochResult epoch, CancellationToken cancellationToken = default);

    /// <summary>A trainer says that a checkpoint is on disk, or why it is not.</summary>
    [Alias("RecordCheckpoint")]
    Task RecordCheckpointAsync(CheckpointReport report, CancellationToken cancellationToken = default);

    /// <summary>Adds a line to the timeline.</summary>
    /// <param name="kind">As in <see cref="RunEvent"/>.</param>
    /// <param name="message">One sentence for a person.</param>
    /// <param name="incident">The same for programs; null for none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    [Alias("RecordEvent"), ResponseTimeout("00:00:05")]
    Task RecordEventAsync(
        string kind,
        string message,
        Incident? incident = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>The coordinator says how it ended.</summary>
    [Alias("RecordEnd")]
    Task RecordEndAsync(RunEnd outcome, CancellationToken cancellationToken = default);
}
