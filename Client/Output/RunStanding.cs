using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Output;

/// <summary>How a run stands, given its record and whether a process still trains it.</summary>
internal static class RunStanding
{
    public static RunStatus Of(RunRecord record, RunFolder folder) =>
        record.Status.IsEnd() ? record.Status : record.Status.Shown(IsLive(folder));

    /// <summary>Whether it goes on: a cluster sees to it that what has not ended does.</summary>
    public static bool IsLive(RunFolder folder) =>
        folder.IsCopy
            ? !RunRecord.Read(folder.Record).Status.IsEnd()
            : WriterHold.IsLive(folder, TimeProvider.System);

    /// <summary>Whether there is no such run, or it has ended.</summary>
    public static bool IsOver(RunFolder folder) =>
        !folder.Exists || RunRecord.Read(folder.Record).Status.IsEnd();

    public static string Style(RunStatus standing) =>
        standing switch
        {
            RunStatus.Running or RunStatus.Finished => "green",
            RunStatus.Failed or RunStatus.Interrupted => "red",
            _ => "yellow",
        };
}
