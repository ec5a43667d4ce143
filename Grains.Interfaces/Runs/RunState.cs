namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Where a run stands. Numbers are part of the wire and of <c>run.json</c>; never renumbered.</summary>
public enum RunState
{
    /// <summary>Accepted, waiting for trainers.</summary>
    Queued = 0,

    /// <summary>Opening data, loading a checkpoint, building networks.</summary>
    Starting = 1,

    /// <summary>Rounds are being computed.</summary>
    Running = 2,

    /// <summary>Asked to stop; the state is being saved.</summary>
    Stopping = 3,

    /// <summary>Stopped on request; can be resumed.</summary>
    Stopped = 4,

    /// <summary>All rounds done.</summary>
    Finished = 5,

    /// <summary>Ended by a fault; can be resumed from its last checkpoint.</summary>
    Failed = 6,
}
