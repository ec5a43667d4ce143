namespace MMOrleans.Bench.Fire;

/// <summary>What can happen to a cluster.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL of a silo, which its machine starts again.</summary>
    Kill,

    /// <summary>SIGSTOP of a silo for some seconds.</summary>
    Freeze,

    /// <summary>Two silos' messages to each other vanish; each still reaches everybody else.</summary>
    Cut,

    /// <summary>SIGKILL of the store, started again later.</summary>
    RedisKill,

    /// <summary>SIGSTOP of the store: it takes connections and answers nobody.</summary>
    RedisFreeze,
}
