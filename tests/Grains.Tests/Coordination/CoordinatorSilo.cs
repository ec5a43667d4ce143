using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Silo;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>A silo with a coordinator of a run of trainers that are nowhere; a test heartbeats for them.</summary>
internal sealed class CoordinatorSilo : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IHost _host;

    private CoordinatorSilo(TimeProvider? clock, TimeSpan? patience)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddMMOrleansSilo(
            new()
            {
                Name = "local",
                ClusterId = "local",
                SiloPort = FreePort(),
                GatewayPort = FreePort(),
                RunsFolder = _folder.Path,
                Device = "cpu",
                Trainers = 1,
                IsOwnProcess = true,
            }
        );
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            Store
        );
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        if (patience is { } limit)
            builder.Services.Configure<LivenessOptions>(o => o.Patience = limit);
        _host = builder.Build();
    }

    public SilentStore Store { get; } = new();

    public ICoordinatorGrain Coordinator =>
        _host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICoordinatorGrain>("r-nowhere");

    /// <param name="clock">The silo's; null for the machine's.</param>
    /// <param name="patience">With silent trainers; null for the default.</param>
    /// <param name="trainers">Of the run.</param>
    public static async Task<CoordinatorSilo> StartAsync(
        TimeProvider? clock,
        TimeSpan? patience,
        params string[] trainers
    )
    {
        var silo = new CoordinatorSilo(clock, patience);
        await silo._host.StartAsync(TestContext.Current.CancellationToken);
        await silo.Coordinator.StartAsync(new([.. trainers], 4, 1, 100, "1"));
        foreach (var trainer in trainers)
            await silo.Coordinator.BeatAsync(Beat(trainer));
        return silo;
    }

    /// <summary>Heartbeats until there is a lease like the one wanted.</summary>
    public async Task<Lease> LeaseAsync(string trainer, Predicate<Lease> wanted)
    {
        while (true)
        {
            var answer = await Coordinator.BeatAsync(Beat(trainer));
            if (answer.Lease is { } lease && wanted(lease))
                return lease;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static Heartbeat Beat(string trainer, Lease? lease = null) =>
        new()
        {
            Trainer = trainer,
            Term = lease?.Term ?? 0,
            Stage = TrainerStage.Training,
            Round = 1,
            StateHash = 77,
            Elements = 1000,
            Lease = lease,
        };

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Keeps nothing; while it hangs, writes are not answered.</summary>
    internal sealed class SilentStore : IGrainStorage
    {
        private TaskCompletionSource _back = new();
        private int _waiting;

        public int Waiting => Volatile.Read(ref _waiting);

        public bool Hangs
        {
            get => field;
            set
            {
                field = value;
                if (value)
                    _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
                else
                    _back.TrySetResult();
            }
        }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Task.CompletedTask;

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (!Hangs)
                return;
            Interlocked.Increment(ref _waiting);
            await _back.Task;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Task.CompletedTask;
    }
}
