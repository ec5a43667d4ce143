using MMOrleans.Grains.Checkpoints;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Grains.Runs;

/// <summary>Opens run folders under one root.</summary>
internal sealed class RunDirectoryFactory(
    string root,
    LocalEndpoint? endpoint,
    Func<DateTimeOffset, WriterIdentity> writer,
    TimeProvider clock,
    CheckpointPlaces places
)
{
    /// <exception cref="FaultException">MM1004: the id would name a folder elsewhere.</exception>
    public RunDirectory Open(string runId)
    {
        SubmissionCheck.RequireId(runId);
        return new(root, runId, endpoint, writer, clock, places);
    }

    /// <summary>Brings a checkpoint that another run begins with into its own run's folder, if only an object store has it.</summary>
    /// <param name="name">Such as <c>r-7f3k9q@epoch-42</c>; anything else is left to its reader.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task FetchAsync(string? name, CancellationToken cancellationToken)
    {
        if (
            name is null
            || CheckpointReference.Parse(name) is not { Run: var run, Checkpoint: var checkpoint }
            || !RunId.MayNameAFolder(run)
        )
            return;
        using var book = Open(run);
        if (book.Read() is { } record && book.Stored(record.SettingsOrDefaults) is { } stored)
            await stored.FetchAsync(checkpoint, cancellationToken);
    }
}
