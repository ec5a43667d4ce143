namespace MMOrleans.Runs.Schedules;

/// <summary>What a round trains, and with which weights.</summary>
public enum Phase
{
    /// <summary>The method, until the DRW switch.</summary>
    Main = 0,

    /// <summary>The method, from the switch on.</summary>
    Deferred = 1,

    /// <summary>The first stage of a run that has one; it comes before the others.</summary>
    Pretraining = 2,
}
