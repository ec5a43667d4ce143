using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Silo;
using MMOrleans.Silo.Telemetry;
using Orleans.Providers;
using Orleans.Serialization;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests;

/// <summary>A silo in this process whose calls between grains fail where a test says so, before the grain is reached; its clock may jump.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Faults _faults;
    private readonly JumpingClock _clock;

    private FaultyCluster(IHost host, Faults faults, JumpingClock clock)
    {
        (_host, _faults, _clock) = (host, faults, clock);
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    public IGrainFactory Grains { get; }

    /// <param name="folder">Of its runs.</param>
    /// <param name="trainers">Of its silo.</param>
    /// <param name="configure">Services that take the place of the silo's own.</param>
    public static async Task<FaultyCluster> StartAsync(
        string folder,
        int trainers = 1,
        Action<IServiceCollection>? configure = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var (faults, clock) = (new Faults(), new JumpingClock());
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
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (services, _) => new Store(services.GetRequiredService<DeepCopier>(), faults)
        );
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var cluster = new FaultyCluster(host, faults, clock);
        var trainersThere = cluster.Grains.GetGrain<Interfaces.Clusters.IClusterGrain>(0);
        while ((await trainersThere.ListTrainersAsync()).Length < trainers)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        return cluster;
    }

    /// <summary>The next calls of a method of any grain, or of the store of grains, fail.</summary>
    /// <param name="method">Such as <c>nameof(IRunGrain.RecordEndAsync)</c> or <c>nameof(IGrainStorage.WriteStateAsync)</c>.</param>
    /// <param name="faults">What they throw, one after another.</param>
    public void Fail(string method, params IEnumerable<Exception> faults) =>
        _faults.Next[method] = new(faults);

    /// <summary>The first argument of every call of a method is another one.</summary>
    public void Alter<T>(string method, Func<T, T> other) =>
        _faults.Other[method] = given => other((T)given)!;

    /// <summary>Whether every failure that a test wanted has happened.</summary>
    public bool HaveAllHappened => _faults.Next.Values.All(left => left.IsEmpty);

    /// <summary>Time passes at once.</summary>
    public void Jump(TimeSpan time) => _clock.Jump(time);

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

        public ConcurrentDictionary<string, Func<object, object>> Other { get; } = [];

        public Exception? Take(string method) =>
            Next.TryGetValue(method, out var left) && left.TryDequeue(out var fault) ? fault : null;

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (Take(context.MethodName) is { } fault)
                return Task.FromException(fault);
            if (Other.TryGetValue(context.MethodName, out var other))
                context.Request.SetArgument(0, other(context.Request.GetArgument(0)!));
            return context.Invoke();
        }
    }

    /// <summary>States of grains in memory, as a store has them: what one activation wrote, the next one reads.</summary>
    private sealed class Store(DeepCopier copier, Faults faults) : IGrainStorage
    {
        private readonly ConcurrentDictionary<(string, GrainId), object> _states = [];

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (_states.TryGetValue((stateName, grainId), out var state))
                (grainState.State, grainState.RecordExists) = (copier.Copy((T)state), true);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (faults.Take(nameof(WriteStateAsync)) is { } fault)
                return Task.FromException(fault);
            _states[(stateName, grainId)] = copier.Copy(grainState.State)!;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _states.TryRemove((stateName, grainId), out _);
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }
    }

    private sealed class JumpingClock : TimeProvider
    {
        private long _ahead; // ticks

        public void Jump(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override long GetTimestamp() =>
            System.GetElapsedTime(0, System.GetTimestamp()).Ticks + Ahead.Ticks;

        private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
    }
}
