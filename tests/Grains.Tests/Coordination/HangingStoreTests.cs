using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Faults;
using MMOrleans.Silo;
using MMOrleans.Silo.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>A coordinator's grain in a silo whose store stops answering.</summary>
public sealed class HangingStoreTests
{
    private static readonly LivenessOptions Liveness = new();

    /// <summary>A trainer gives a heartbeat up that is not answered for that long, and the others' wait behind it.</summary>
    [Fact]
    public async Task AHeartbeatIsAnsweredBeforeItsTrainerGivesItUp()
    {
        using var folder = new TemporaryFolder();
        var store = new Store();
        using var host = await StartAsync(folder.Path, store);
        var coordinator = host
            .Services.GetRequiredService<IGrainFactory>()
            .GetGrain<ICoordinatorGrain>("r-hang");
        await coordinator.StartAsync(new(["a/t0", "b/t0"], 4, 1, 100, "1"));
        var before = await LedAsync();

        store.Hangs = true;
        var broken = Beat("b/t0", null) with
        {
            Stage = TrainerStage.Faulted,
            Fault = new("MM4001", "no memory", ""),
        };
        var told = await coordinator.BeatAsync(broken).WaitAsync(Liveness.Stuck);
        var meanwhile = await coordinator.BeatAsync(Beat("a/t0", before)).WaitAsync(Liveness.Stuck);

        Assert.True(store.Waiting > 0, "the change of leases was not to be written");
        Assert.Null(told.Lease);
        Assert.Null(meanwhile.Lease); // which leaves the trainer with the one that it has
        store.Hangs = false;
        var after = await NewLeaseAsync();
        Assert.Equal([new SlotRange(0, 4)], after.Slots);
        await host.StopAsync(TestContext.Current.CancellationToken);

        async Task<Lease> LedAsync()
        {
            await coordinator.BeatAsync(Beat("a/t0", null));
            await coordinator.BeatAsync(Beat("b/t0", null));
            return await LeaseAsync(_ => true);
        }

        Task<Lease> NewLeaseAsync() => LeaseAsync(lease => lease.Term > before.Term);

        async Task<Lease> LeaseAsync(Predicate<Lease> wanted)
        {
            while (true)
            {
                var answer = await coordinator.BeatAsync(Beat("a/t0", null));
                if (answer.Lease is { } lease && wanted(lease))
                    return lease;
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task<IHost> StartAsync(string folder, Store store)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        builder.AddMMOrleansSilo(
            new()
            {
                Name = "local",
                ClusterId = "local",
                SiloPort = siloPort,
                GatewayPort = gatewayPort,
                RunsFolder = folder,
                Device = "cpu",
                Trainers = 1,
                IsOwnProcess = true,
            }
        );
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            store
        );
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Heartbeat Beat(string trainer, Lease? lease) =>
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

    /// <summary>Keeps nothing; while it hangs, writes are not answered.</summary>
    private sealed class Store : IGrainStorage
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
