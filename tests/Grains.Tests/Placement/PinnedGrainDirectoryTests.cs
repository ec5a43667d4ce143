using System.Collections.Concurrent;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using Orleans.GrainDirectory;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;

namespace MMOrleans.Grains.Tests.Placement;

public class PinnedGrainDirectoryTests
{
    private const string RunId = "r-test01";

    /// <summary>The part of the directory that would be asked may be on the silo that is dead, frozen or cut off.</summary>
    [Fact]
    public async Task TrainersAndSegmentsAreLookedUpInNoDirectoryThatOthersKeep()
    {
        using var folder = new TemporaryFolder();
        var directory = new Directory();
        await using var cluster = await FaultyCluster.StartAsync(
            folder.Path,
            configure: services =>
                services.AddGrainDirectory(
                    GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY,
                    (_, _) => directory
                )
        );
        var run = cluster.Grains.GetGrain<IRunGrain>(RunId);

        await run.SubmitAsync(
            new(
                RunId,
                SpecificationDocument.Write(LocalRun.Specification(epochs: 1)),
                new() { Name = "test" }
            )
        );
        var status = await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(RunStatus.Finished, status.State);
        Assert.Equal(
            ["cluster", "coordinator", "datashard", "run"],
            directory.Types.Where(type => !type.StartsWith("sys.", StringComparison.Ordinal)).Order()
        );
    }

    /// <summary>A directory in memory that remembers which types of grains it was asked for.</summary>
    private sealed class Directory : IGrainDirectory
    {
        private readonly ConcurrentDictionary<GrainId, GrainAddress> _known = [];
        private readonly ConcurrentDictionary<string, bool> _types = [];

        public IEnumerable<string> Types => _types.Keys;

        public Task<GrainAddress?> Lookup(GrainId grainId)
        {
            _types[grainId.Type.ToString()!] = true;
            return Task.FromResult(_known.GetValueOrDefault(grainId));
        }

        public Task<GrainAddress?> Register(GrainAddress address) =>
            Task.FromResult<GrainAddress?>(_known.GetOrAdd(address.GrainId, address));

        public Task Unregister(GrainAddress address)
        {
            _known.TryRemove(new(address.GrainId, address));
            return Task.CompletedTask;
        }

        public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
    }
}
