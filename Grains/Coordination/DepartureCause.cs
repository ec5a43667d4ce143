namespace MMOrleans.Grains.Coordination;

/// <summary>Why a trainer left a run. The sentence beside it is for people.</summary>
internal enum DepartureCause
{
    /// <summary>Its silo was to go, and it has handed over.</summary>
    Drained,

    /// <summary>Its state differs from the others'.</summary>
    StateDiffers,

    /// <summary>It reported a fault.</summary>
    Reported,

    /// <summary>Its heartbeats stayed away.</summary>
    Silent,

    /// <summary>The cluster's membership declared its silo dead.</summary>
    SiloDead,

    /// <summary>The others could not reach it.</summary>
    CutOff,

    /// <summary>Its device does not come back from a piece of work.</summary>
    Hung,
}
