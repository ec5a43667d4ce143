namespace MMOrleans.Runs.Folders;

/// <summary>What a process may do that wants to write into a run's folder.</summary>
public enum WriterClaim
{
    /// <summary>Write: no process else does.</summary>
    Take,

    /// <summary>Watch whether the other's heartbeat changes, and write if it does not: locks may not reach as far as the other is away.</summary>
    Watch,

    /// <summary>Write without the lock: the other is of the same cluster, which decides itself which of its silos keeps the run.</summary>
    GoOnWithout,

    /// <summary>Nothing: the other writes.</summary>
    Refuse,
}

/// <summary>Decides who may write into a run's folder. No clock and no process number takes part.</summary>
public static class WriterClaims
{
    /// <param name="isLocked">Whether another process holds the folder's lock.</param>
    /// <param name="there">Who said to write there last; null when that is not known.</param>
    /// <param name="mine">Who asks.</param>
    public static WriterClaim Decide(bool isLocked, WriterIdentity? there, WriterIdentity mine)
    {
        if (there is not null && mine.Cluster is not null && there.Cluster == mine.Cluster)
            return isLocked ? WriterClaim.GoOnWithout : WriterClaim.Take;
        if (isLocked)
            return WriterClaim.Refuse;
        // The kernel releases a lock with the process that held it, whatever ended that process.
        return there is null || (there.HasLock && there.SharesLocksWith(mine))
            ? WriterClaim.Take
            : WriterClaim.Watch;
    }

    /// <summary>Whether the run counts as live for readers, which take no lock.</summary>
    /// <param name="isLocked">Whether a process holds the folder's lock.</param>
    /// <param name="there">Who said to write there last; null when that is not known.</param>
    /// <param name="mine">Who asks.</param>
    /// <param name="quiet">How long ago the file of the identity changed; null when that is not known.</param>
    public static bool IsLive(bool isLocked, WriterIdentity? there, WriterIdentity mine, TimeSpan? quiet) =>
        isLocked
        || (
            there is not null
            && Decide(isLocked, there, mine with { Cluster = null }) == WriterClaim.Watch
            && quiet < QuietAtMost
        );

    // Only what is shown depends on it, and only where locks do not reach: a writer elsewhere that is dead looks alive for so long.
    private static readonly TimeSpan QuietAtMost = TimeSpan.FromMinutes(1);
}
