namespace MMOrleans.Learning.Schedules;

/// <summary>Before and after the DRW switch.</summary>
public enum Phase
{
    /// <summary>Until the switch.</summary>
    Main = 0,

    /// <summary>From the switch on.</summary>
    Deferred = 1,
}
