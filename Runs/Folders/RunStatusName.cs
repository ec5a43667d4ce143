namespace MMOrleans.Runs.Folders;

/// <summary>The words for a run's status in files and lists.</summary>
public static class RunStatusName
{
    /// <summary>Waits for trainers.</summary>
    public const string Queued = "queued";

    /// <summary>Opens data, loads a checkpoint, builds networks.</summary>
    public const string Starting = "starting";

    /// <summary>Computes rounds.</summary>
    public const string Running = "running";

    /// <summary>Saves its state before it stops.</summary>
    public const string Stopping = "stopping";

    /// <summary>Stopped on request; can be resumed.</summary>
    public const string Stopped = "stopped";

    /// <summary>All rounds done.</summary>
    public const string Finished = "finished";

    /// <summary>Ended by a fault; can be resumed.</summary>
    public const string Failed = "failed";

    /// <summary>Never in a record: it says that the run goes on, but the process is gone.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Whether nothing more comes unless the run is resumed.</summary>
    public static bool IsEnd(string status) => status is Stopped or Finished or Failed;
}
