using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using StackExchange.Redis;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>A client that finds silos where they find each other, whatever addresses they come back with.</summary>
internal sealed class RedisClient : IAsyncDisposable
{
    private readonly IHost _host;

    private RedisClient(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<RedisClient> ConnectAsync(Machine machine)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client =>
        {
            client.UseRedisClustering(o =>
                o.ConfigurationOptions = ConfigurationOptions.Parse(machine.Redis.Address)
            );
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("mmorleans", "mmorleans"));
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Its silos are gone.
        }

        _host.Dispose();
    }
}
