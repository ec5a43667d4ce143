using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Silo;
using MMOrleans.Silo.Telemetry;

namespace MMOrleans.Grains.Tests;

/// <summary>A silo in this process whose calls between grains fail where a test says so, before the grain is reached.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Faults _faults;

    private FaultyCluster(IHost host, Faults faults)
    {
        (_host, _faults) = (host, faults);
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    public IGrainFactory Grains { get; }

    public static async Task<FaultyCluster> StartAsync(string folder, int trainers = 1)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var faults = new Faults();
        var (siloPort, gatewayPort) = FreePorts();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddMMOrleansTelemetry("test", new() { RunsFolder = folder });
        builder.AddMMOrleansSilo(
            new()
            {
                Name = "local",
                ClusterId = "local",
                SiloPort = siloPort,
                GatewayPort = gatewayPort,
                RunsFolder = folder,
                Device = "cpu",
                Trainers = trainers,
                IsOwnProcess = true,
            }
        );
        builder.Services.AddSingleton<IIncomingGrainCallFilter>(faults);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var cluster = new FaultyCluster(host, faults);
        var trainersThere = cluster.Grains.GetGrain<Interfaces.Clusters.IClusterGrain>(0);
        while ((await trainersThere.ListTrainersAsync()).Length < trainers)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        return cluster;
    }

    /// <summary>The next calls of a method of any grain fail.</summary>
    /// <param name="method">Such as <c>nameof(IRunGrain.RecordEndAsync)</c>.</param>
    /// <param name="faults">What they throw, one after another.</param>
    public void Fail(string method, params IEnumerable<Exception> faults) =>
        _faults.Next[method] = new(faults);

    /// <summary>Whether every failure that a test wanted has happened.</summary>
    public bool HaveAllHappened => _faults.Next.Values.All(left => left.IsEmpty);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
    }

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private sealed class Faults : IIncomingGrainCallFilter
    {
        public ConcurrentDictionary<string, ConcurrentQueue<Exception>> Next { get; } = [];

        public Task Invoke(IIncomingGrainCallContext context) =>
            Next.TryGetValue(context.MethodName, out var left) && left.TryDequeue(out var fault)
                ? Task.FromException(fault)
                : context.Invoke();
    }
}
