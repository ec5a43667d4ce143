using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Grains.Clusters;
using MMOrleans.Grains.Interfaces.Clusters;
using Orleans.Runtime;
using Orleans.Serialization;

namespace MMOrleans.Bench.Soak;

/// <summary>Takes the readings: from the silos' processes, from Orleans, and from the cluster's ledger.</summary>
internal sealed class SoakGauge(SiloProcesses cluster, string runs) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _metrics = new();

    public void Dispose() => _metrics.Dispose();

    /// <summary>Waits until the trainers are free, has each silo collect idle grains and its garbage, and reads.</summary>
    /// <param name="ended">When each run ended.</param>
    public async Task<SoakReading> ReadAsync(IReadOnlyCollection<DateTimeOffset> ended)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await HeldAsync() > 0 && !patience.IsCancellationRequested)
            await Task.Delay(Pause);
        await Task.Delay(2 * Idle);
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        var hosts = (await management.GetHosts(onlyActive: true)).Keys.ToArray();
        // What is let go by time, such as a shard's images three minutes after the last read, goes now: the rest is what stays.
        await management.ForceActivationCollection(hosts, Idle);
        // Once more for what finalisers let go of.
        for (var i = 0; i < 2; i++)
        {
            await management.ForceGarbageCollection(hosts);
            await Task.Delay(Pause);
        }

        var activations = await management.GetSimpleGrainStatistics(hosts);
        Dictionary<string, long> live = [];
        foreach (var silo in cluster.Silos)
            live.Add(silo.Name, await LiveAsync(silo));
        return new(
            ended.Count,
            ended.Count(end => end > TimeProvider.System.GetUtcNow() - SoakRule.RunGrainsAreKept),
            [
                .. cluster.Silos.Select(silo =>
                    Read(
                        silo,
                        ended.Count,
                        live[silo.Name],
                        [.. activations.Where(a => a.SiloAddress.Endpoint.Port == silo.Ports.Silo)]
                    )
                ),
            ],
            await HeldAsync(),
            Waiting()
        );
    }

    private static SiloReading Read(
        StartedSilo silo,
        int runs,
        long live,
        SimpleGrainStatistic[] activations
    ) =>
        new(
            silo.Name,
            runs,
            Status(silo.Id, "VmRSS:") << 10,
            live,
            Files(silo.Id),
            (int)Status(silo.Id, "Threads:"),
            activations
                .GroupBy(a => a.GrainType.Split(',')[0].Split('.')[^1])
                .ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Sum(a => a.ActivationCount))
        );

    /// <summary>Bytes of live objects after the last collection: its heap without the gaps.</summary>
    private async Task<long> LiveAsync(StartedSilo silo)
    {
        var metrics = (await _metrics.GetStringAsync(silo.Metrics)).Split('\n');
        return (long)(
            Sum("dotnet_gc_last_collection_heap_size_bytes")
            - Sum("dotnet_gc_last_collection_heap_fragmentation_size_bytes")
        );

        // One line a generation: name{labels} value [time].
        double Sum(string name)
        {
            var lines = metrics.Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)).ToList();
            return lines.Count > 0
                ? lines.Sum(line =>
                    double.Parse(
                        line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0],
                        CultureInfo.InvariantCulture
                    )
                )
                : throw new InvalidDataException($"{silo.Name} has no metric {name}.");
        }
    }

    /// <summary>Open files and sockets, without the code that the runtime maps from them as it comes to need it.</summary>
    private static int Files(int process) =>
        new DirectoryInfo($"/proc/{process}/fd")
            .EnumerateFileSystemInfos()
            .Count(file => Path.GetExtension(file.LinkTarget) is not (".dll" or ".so" or ".pdb"));

    private static long Status(int process, string field) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .Single(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );

    private async Task<int> HeldAsync() =>
        (await cluster.Grains.GetGrain<IClusterGrain>(0).ListTrainersAsync()).Count(t => t.RunId.Length > 0);

    /// <summary>The queue is told to nobody: it is read where it is stored.</summary>
    private int Waiting()
    {
        var file = Directory.GetFiles(Path.Combine(runs, ".control"), "*-cluster-*.state").Single();
        return cluster
                .Services.GetRequiredService<Serializer>()
                .Deserialize<ClusterLedger>(File.ReadAllBytes(file))
                ?.Queue.Count
            ?? throw new InvalidDataException($"{file} holds no ledger.");
    }
}
