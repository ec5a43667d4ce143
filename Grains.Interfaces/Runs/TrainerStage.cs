namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>A trainer's stage in a run.</summary>
public enum TrainerStage
{
    /// <summary>Opening data, loading a state.</summary>
    Starting = 0,

    /// <summary>Computing rounds.</summary>
    Training = 1,

    /// <summary>Stopped at a round boundary on request, state kept.</summary>
    Paused = 2,

    /// <summary>All rounds done, state kept until the run has ended.</summary>
    Done = 3,

    /// <summary>Cannot go on; the fault says why.</summary>
    Faulted = 4,

    /// <summary>Holds no state of the run: reads results and copies the state from a trainer that has it.</summary>
    Joining = 5,
}
