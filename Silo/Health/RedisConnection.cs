using MMOrleans.Silo.Configuration;
using StackExchange.Redis;

namespace MMOrleans.Silo.Health;

/// <summary>Asks Redis whether it is there, over a connection of its own.</summary>
internal sealed class RedisConnection(RedisSettings redis) : IAsyncDisposable
{
    private readonly Lazy<Task<ConnectionMultiplexer>> _connection = new(() =>
        ConnectionMultiplexer.ConnectAsync(redis.Options())
    );

    /// <summary>Asks once, for a silo that is about to start.</summary>
    public static async Task<bool> AnswersAsync(RedisSettings redis, TimeSpan patience)
    {
        await using var connection = new RedisConnection(redis);
        return await connection.AnswersAsync(patience);
    }

    /// <summary>Whether it answers within the time.</summary>
    public async Task<bool> AnswersAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var connection = await _connection.Value.WaitAsync(limit.Token);
            while (!connection.IsConnected)
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
            await connection.GetDatabase().PingAsync().WaitAsync(limit.Token);
            return true;
        }
        catch (Exception exception)
            when (exception is RedisException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated && _connection.Value.IsCompletedSuccessfully)
            await (await _connection.Value).DisposeAsync();
    }
}
