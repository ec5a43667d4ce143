using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Life;

/// <summary>Where a run stands. Its word in files, in lists and on the wire is its name in lower case: <see cref="RunStatusWords"/>.</summary>
[JsonConverter(typeof(RunStatusJson))]
public enum RunStatus
{
    /// <summary>Accepted, waiting for trainers.</summary>
    Queued,

    /// <summary>Opening data, loading a checkpoint, building networks.</summary>
    Starting,

    /// <summary>Computing rounds.</summary>
    Running,

    /// <summary>Asked to stop; the state is being saved.</summary>
    Stopping,

    /// <summary>Stopped on request; can be resumed.</summary>
    Stopped,

    /// <summary>All rounds done.</summary>
    Finished,

    /// <summary>Ended by a fault; can be resumed from its last checkpoint.</summary>
    Failed,

    /// <summary>Never recorded: the record says that the run goes on, but its process is gone.</summary>
    Interrupted,
}
