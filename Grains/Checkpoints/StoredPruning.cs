using Microsoft.Extensions.Logging;
using MMOrleans.Runs.Checkpoints;

namespace MMOrleans.Grains.Checkpoints;

/// <summary>Prunes a run's object store one time after another, beside the run: a slow store holds up no round.</summary>
internal sealed partial class StoredPruning(string run, TimeProvider clock, ILogger logger)
{
    private Task _pruning = Task.CompletedTask;

    /// <summary>Begins, after what was begun before. A store that refuses is logged: the next checkpoint prunes again.</summary>
    public void Begin(
        StoredCheckpoints stored,
        CheckpointRetention retention,
        Func<CheckpointManifest, double?> value
    )
    {
        var before = _pruning;
        _pruning = Task.Run(async () =>
        {
            await before;
            try
            {
                await stored.PruneAsync(retention, value, clock);
            }
#pragma warning disable CA1031 // Pruning that fails is repeated with the next checkpoint.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogUnpruned(exception, run, (exception as FaultException)?.Code ?? exception.GetType().Name);
            }
        });
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: could not prune its old checkpoints in the object store ({Code}); the next checkpoint retries"
    )]
    private partial void LogUnpruned(Exception fault, string run, string code);
}
