using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Output;

/// <summary>How a run stands, given its record and whether a process still trains it.</summary>
internal static class RunStanding
{
    /// <summary>The record says it goes on, but the process is gone.</summary>
    public const string Interrupted = RunStatusName.Interrupted;

    /// <summary>Every status that a list may be asked for.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        RunStatusName.Queued,
        RunStatusName.Starting,
        RunStatusName.Running,
        RunStatusName.Stopping,
        RunStatusName.Stopped,
        RunStatusName.Finished,
        RunStatusName.Failed,
        Interrupted,
    ];

    public static string Of(RunRecord record, RunFolder folder) =>
        RunStatusName.IsEnd(record.Status) || IsLive(folder) ? record.Status : Interrupted;

    /// <summary>Whether it goes on: a cluster sees to it that what has not ended does.</summary>
    public static bool IsLive(RunFolder folder) =>
        folder.IsCopy
            ? !RunStatusName.IsEnd(RunRecord.Read(folder.Record).Status)
            : WriterHold.IsLive(folder, TimeProvider.System);

    /// <summary>Whether there is no such run, or it has ended.</summary>
    public static bool IsOver(RunFolder folder) =>
        !folder.Exists || RunStatusName.IsEnd(RunRecord.Read(folder.Record).Status);

    public static string Style(string standing) =>
        standing switch
        {
            RunStatusName.Running or RunStatusName.Finished => "green",
            RunStatusName.Failed or Interrupted => "red",
            _ => "yellow",
        };
}
