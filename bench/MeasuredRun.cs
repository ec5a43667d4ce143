using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Bench;

/// <summary>One run on a cluster of its own, through the seam that <c>mm train</c> uses, in a folder that is removed afterwards.</summary>
internal sealed class MeasuredRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder;
    private readonly IAsyncDisposable _cluster;
    private readonly IRunGrain _run;

    private MeasuredRun(DirectoryInfo folder, IAsyncDisposable cluster, IRunGrain run) =>
        (_folder, _cluster, _run) = (folder, cluster, run);

    /// <summary>Starts it with every trainer in this process.</summary>
    public static async Task<MeasuredRun> StartAsync(
        RunSpecification specification,
        int trainers,
        string? data,
        long? rounds = null,
        Uri? collector = null,
        string traces = "none"
    )
    {
        var folder = Directory.CreateTempSubdirectory("mm-bench-");
        var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions
            {
                RunsFolder = folder.FullName,
                Trainers = trainers,
                Device = "cpu",
                OtlpEndpoint = collector,
            }
        );
        return await SubmitAsync(
            folder,
            cluster,
            cluster.Grains,
            specification,
            trainers,
            data,
            rounds,
            traces
        );
    }

    /// <summary>Starts it with every trainer in a silo, and a process, of its own.</summary>
    public static async Task<MeasuredRun> StartOnSilosAsync(
        RunSpecification specification,
        int silos,
        string? data
    )
    {
        var folder = Directory.CreateTempSubdirectory("mm-bench-");
        SiloProcesses cluster;
        try
        {
            cluster = await SiloProcesses.StartAsync(silos, folder.FullName, data);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }

        return await SubmitAsync(folder, cluster, cluster.Grains, specification, silos, data, null);
    }

    private static async Task<MeasuredRun> SubmitAsync(
        DirectoryInfo folder,
        IAsyncDisposable cluster,
        IGrainFactory grains,
        RunSpecification specification,
        int trainers,
        string? data,
        long? rounds,
        string traces = "none"
    )
    {
        var run = new MeasuredRun(
            folder,
            cluster,
            grains.GetGrain<IRunGrain>(new RunCatalogue(folder.FullName).NewId())
        );
        var settings = new RunSettings
        {
            Name = "bench",
            MinTrainers = trainers,
            MaxTrainers = trainers,
            DataPath = data,
            TensorBoard = false,
            Traces = traces,
            RoundLimit = rounds,
            Checkpoints = new CheckpointPolicy { EveryEpochs = int.MaxValue },
        };
        try
        {
            var answer = await run._run.SubmitAsync(
                new(run._run.GetPrimaryKeyString(), SpecificationDocument.Write(specification), settings)
            );
            return answer.Fault is { } fault ? throw new FaultException(fault) : run;
        }
        catch
        {
            await run.EndAsync();
            throw;
        }
    }

    /// <summary>What comes, until the run ends or the caller has enough.</summary>
    public async IAsyncEnumerable<RunUpdate> UpdatesAsync()
    {
        var cursor = 0L;
        while (true)
        {
            var update = await _run.WatchAsync(cursor, Patience);
            cursor = update.Cursor;
            yield return update;
            if (update.State == RunStatus.Failed)
            {
                var fault = (await _run.GetStatusAsync()).Fault;
                throw new InvalidOperationException(
                    $"The measured run failed: {fault?.Code} {fault?.Message}"
                );
            }

            if (!update.HasMore && update.State is (RunStatus.Finished or RunStatus.Stopped))
            {
                yield break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _run.StopAsync(now: true, "measured");
            await foreach (var _ in UpdatesAsync()) { }
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task EndAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
