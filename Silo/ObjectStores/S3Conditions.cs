using Microsoft.Extensions.Logging;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>Whether the store behind a process's buckets knows conditional writes: found out by the first one.</summary>
internal sealed partial class S3Conditions(ILogger<S3Conditions> logger)
{
    private volatile bool _areRefused;

    /// <summary>True until a write was refused for its condition and taken without.</summary>
    public bool AreKnown => !_areRefused;

    /// <summary>Notes that a write was taken without its condition; says so once.</summary>
    public void AreRefused(string bucket)
    {
        if (_areRefused)
            return;
        _areRefused = true;
        LogRefused(bucket);
    }

    [LoggerMessage(
        LogLevel.Information,
        "The store of bucket {Bucket} does not support conditional writes (If-None-Match); checking for an existing manifest before each write instead"
    )]
    private partial void LogRefused(string bucket);
}
