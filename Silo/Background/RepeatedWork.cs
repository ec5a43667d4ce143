using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MMOrleans.Silo.Background;

/// <summary>What a silo does again and again beside its grains. Whatever a pass throws is logged, and the next pass comes.</summary>
/// <remarks>
/// An exception out of a <see cref="BackgroundService"/> stops the host. All silos look at one folder and one store, so that one hiccup of
/// either would end all of them at once.
/// </remarks>
internal abstract partial class RepeatedWork(TimeSpan pause, TimeProvider clock, ILogger logger)
    : BackgroundService
{
    // A fault that stays is told now and then, not at every pass.
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(5);

    /// <summary>The time.</summary>
    protected TimeProvider Clock { get; } = clock;

    private DateTimeOffset _told = DateTimeOffset.MinValue;

    /// <summary>Does it once.</summary>
    protected abstract Task PassAsync(CancellationToken stopping);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the silo goes on starting
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Tell(fault);
            }

            await Task.Delay(pause, Clock, stoppingToken);
        }
    }

    private void Tell(Exception fault)
    {
        var now = Clock.GetUtcNow();
        if (now - _told < TellEvery)
            return;
        _told = now;
        try
        {
            LogFault(fault, GetType().Name, pause.TotalSeconds);
        }
        catch (Exception)
        {
            // A log that cannot be written ends no silo either, and there is nowhere to tell it.
        }
    }

    [LoggerMessage(LogLevel.Error, "{Work} failed and is tried again every {Seconds:0} s")]
    private partial void LogFault(Exception exception, string work, double seconds);
}
