namespace MMOrleans.Cluster.Tests.Support;

/// <summary>What happens to a cluster while it trains.</summary>
public enum PlayedFault
{
    None,
    KillTrainer,
    KillCoordinator,
    KillSegment,
    KillDataShard,
    KillRun,
    KillGateway,
    KillTwo,
    KillAll,
    Join,
    Drain,
    FreezeShortly,
    FreezeLong,
    LoseRedis,
    LoseRedisAndATrainer,
    CutTwo,

    /// <summary>All silos die and come back without shared memory: vectors go another way from then on.</summary>
    ChangeTransport,
}
