using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Runs;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Health;

/// <summary>Asks Redis every other second whether it is there, so that runs can say when it was not.</summary>
internal sealed partial class StoreWatch(
    SiloSettings settings,
    StoreHealth health,
    TimeProvider clock,
    ILogger<StoreWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Redis is not { } redis)
            return;
        await using var connection = new RedisConnection(redis);
        var address = redis.Address;
        var probe = new RedisProbe(redis);
        DateTimeOffset? since = null;
        using var timer = new PeriodicTimer(Pause, clock);
        while (await NextAsync(timer, stoppingToken))
        {
            var asked = clock.GetUtcNow();
            if (await connection.AnswersAsync(Patience))
            {
                if (health.Fault is { } fault)
                    LogBack(address, (clock.GetUtcNow() - fault.Since).TotalSeconds);
                health.IsThere();
                since = null;
            }
            else if (since is null)
                since = asked; // one lost answer is not an outage
            else if (health.Fault is null)
            {
                health.IsAway(since.Value, $"Redis at {address} does not answer");
                LogAway(address, (await probe.AskAsync(Patience))?.Fault.Message ?? "its answers come late");
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Redis at {Address} does not answer; training continues without it: {Reason}"
    )]
    private partial void LogAway(string address, string reason);

    [LoggerMessage(LogLevel.Information, "Redis at {Address} answers again after {Seconds:F1} s")]
    private partial void LogBack(string address, double seconds);
}
