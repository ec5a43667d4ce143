using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Schedules;
using MMOrleans.Silo;
using Orleans.Runtime;

namespace MMOrleans.Grains.Tests.Segments;

/// <summary>A call that comes late to a segment that was closed brings it back for a while, and not for good.</summary>
public class ForgottenSegmentTests
{
    [Fact]
    public async Task ASegmentThatALateCallBroughtBackGoesAgain()
    {
        using var folder = new TemporaryFolder();
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.AddMMOrleansSilo(
            new()
            {
                Name = "local",
                ClusterId = "local",
                SiloPort = siloPort,
                GatewayPort = gatewayPort,
                RunsFolder = folder.Path,
                Device = "cpu",
                Trainers = 1,
                IsOwnProcess = true,
            }
        );
        builder.Services.Configure<LivenessOptions>(o =>
        {
            o.Beat = TimeSpan.FromMilliseconds(50);
            o.Poll = TimeSpan.FromMilliseconds(50);
            o.Patience = TimeSpan.FromMilliseconds(200);
            o.Idle = TimeSpan.FromMilliseconds(500);
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var segment = grains.GetGrain<ISegmentGrain>(PinnedKey.Segment("r-test01", 0, 1024, "local"));

        await segment.CloseAsync();
        var late = await segment.ContributeAsync(
            new()
            {
                Trainer = "local/t0",
                Round = 3,
                Phase = Phase.Main,
                StateHash = 1,
                Shape = new(0, 2, 1, sizeof(float), 1, 100),
                Blocks = [],
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(SegmentOutcome.Again, late.Outcome);
        Assert.Equal(1, await CountAsync(grains));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await CountAsync(grains) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<int> CountAsync(IGrainFactory grains) =>
        (await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Count(one =>
            one.GrainId.Key.ToString()!.StartsWith("r-test01/", StringComparison.Ordinal)
        );
}
