namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>How a run comes by its trainers.</summary>
public enum TrainerClaim
{
    /// <summary>Now or not at all.</summary>
    Once = 0,

    /// <summary>When its turn comes; it asks again and again.</summary>
    Queued = 1,

    /// <summary>It has begun: what it lost is given back before anybody new gets any, and it grows when nobody waits.</summary>
    Begun = 2,
}
