using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Output;

/// <summary>What is saved of a run that does not go on, and the command that goes on from there.</summary>
internal static class SavedState
{
    /// <param name="folder">The run.</param>
    /// <param name="record">Its record.</param>
    /// <param name="flag">What each command ends with.</param>
    public static string Words(RunFolder folder, RunRecord record, string flag = "")
    {
        var command = $"mm resume {record.Id}{flag}";
        if (record.LastCheckpoint is not { } name)
            return $"Nothing is saved: there is no checkpoint yet. Begin it again with: {command}";
        var newest = new CheckpointStore(folder.Checkpoints).List() is [var entry, ..]
            ? entry.Manifest
            : null;
        return newest is null || newest.Round >= record.Round
            ? $"Saved as {name}. Go on with: {command}"
            : $"The last checkpoint is {name}, of round {newest.Round} of the {record.Round} that were done. Go on from there with: {command}";
    }
}
