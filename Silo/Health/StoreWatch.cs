using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Runs;
using MMOrleans.Silo.Background;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Health;

/// <summary>Asks Redis every other second whether it is there, so that runs can say when it was not.</summary>
internal sealed partial class StoreWatch(
    SiloSettings settings,
    StoreHealth health,
    TimeProvider clock,
    ILogger<StoreWatch> logger
) : RepeatedWork(Pause, clock, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly RedisConnection? _connection = settings.Redis is { } redis ? new(redis) : null;
    private DateTimeOffset? _since;

    protected override async Task PassAsync(CancellationToken stopping)
    {
        if (_connection is null || settings.Redis is not { } redis)
            return;
        var asked = Clock.GetUtcNow();
        if (await _connection.AnswersAsync(Patience))
        {
            if (health.Fault is { } fault)
                LogBack(redis.Address, (Clock.GetUtcNow() - fault.Since).TotalSeconds);
            health.IsThere();
            _since = null;
        }
        else if (_since is null)
            _since = asked; // one lost answer is not an outage
        else if (health.Fault is null)
        {
            health.IsAway(_since.Value, $"Redis at {redis.Address} does not answer");
            LogAway(
                redis.Address,
                (await new RedisProbe(redis).AskAsync(Patience))?.Fault.Message ?? "its answers come late"
            );
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Redis at {Address} does not answer; training continues without it: {Reason}"
    )]
    private partial void LogAway(string address, string reason);

    [LoggerMessage(LogLevel.Information, "Redis at {Address} answers again after {Seconds:F1} s")]
    private partial void LogBack(string address, double seconds);
}
