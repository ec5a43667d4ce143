using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MMOrleans.Client.Connections;

/// <summary>An Orleans client in this process, for as long as a verb needs it.</summary>
internal sealed class GrainClient : IAsyncDisposable
{
    // Leaving takes a second at most, as a whole; there is nobody whom a slow goodbye would help.
    private static readonly TimeSpan Goodbye = TimeSpan.FromMilliseconds(300);

    private readonly IHost _host;

    private GrainClient(IHost host)
    {
        _host = host;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    public IGrainFactory Grains { get; }

    /// <summary>Connects.</summary>
    /// <returns>The client; null when nobody answered in time.</returns>
    public static async Task<GrainClient?> StartAsync(
        Action<IClientBuilder> configure,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client =>
        {
            client.UseConnectionRetryFilter(
                async (_, stop) =>
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
                    return true;
                }
            );
            configure(client);
        });
        var host = builder.Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            // An attempt that hangs in the operating system does not look at the token.
            await host.StartAsync(limit.Token).WaitAsync(limit.Token);
            return new(host);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var stop = new CancellationTokenSource(Goodbye);
            await _host.StopAsync(stop.Token).WaitAsync(Goodbye);
            if (_host is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().AsTask().WaitAsync(Goodbye);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            // The other side may be gone already; there is nothing to say goodbye to.
        }
    }
}
