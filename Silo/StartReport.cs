using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Devices;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo;

/// <summary>Says once that the silo has joined, and where it is found.</summary>
internal sealed partial class StartReport(SiloSettings settings, SiloOffer offer, ILogger<StartReport> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogJoined(
            settings.Name,
            settings.ClusterId,
            settings.Address.ToString(),
            settings.SiloPort,
            settings.GatewayPort,
            offer.Devices.Length == 0 ? "none" : string.Join(", ", offer.Devices),
            settings.RunsFolder
        );
        if (settings.Redis is null)
            LogDevelopment(settings.Primary?.ToString() ?? settings.Name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Information,
        "Silo {Silo} is a member of {Cluster} at {Address}: silo port {SiloPort}, gateway port {GatewayPort}, devices {Devices}, runs in {Runs}"
    )]
    private partial void LogJoined(
        string silo,
        string cluster,
        string address,
        int siloPort,
        int gatewayPort,
        string devices,
        string runs
    );

    [LoggerMessage(
        LogLevel.Warning,
        "Cluster membership is kept by {Primary} alone and is lost when it stops: for development only; use --redis otherwise"
    )]
    private partial void LogDevelopment(string primary);
}
