using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Trainers;

/// <summary>What a trainer works with in one run, made from its assignment: images, network, plan, and the classes that do what the protocol asks.</summary>
internal sealed class TrainerWork : IAsyncDisposable
{
    private readonly TrainingDevice _device;
    private readonly Replica _replica;
    private readonly CheckpointSaver _saver;
    private readonly EpochReporter _reporter;

    private TrainerWork(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        RunSpecification specification,
        TrainingData data,
        Replica replica
    )
    {
        (_device, _replica, Specification) = (device, replica, specification);
        var draws = data.DrawsOf(specification);
        var run = new RunPlan(specification, draws.PerEpoch, assignment.Settings.RoundLimit);
        var evaluation = EvaluationShape.Of(
            specification,
            data.Counts.Count,
            assignment.Settings.CalibrationBins
        );
        Plan = ExchangePlan.Of(
            run,
            specification.Slots,
            replica.ContributionLength,
            replica.DenominatorLength,
            evaluation.VectorLength,
            specification.Strict
        );
        var images = new SlotImages(
            new(
                (shard, request) => services.Grains.GetGrain<IDataShardGrain>(shard).ReadAsync(request),
                new(
                    assignment.Specification,
                    assignment.Settings.DataPath,
                    assignment.ManifestHash,
                    ShardPlan.Shards
                ),
                data,
                services.Liveness.Images,
                services.Liveness.Patience,
                services.Clock,
                services.Telemetry.Meter,
                services.Logger
            ),
            data,
            draws,
            run,
            new(specification, data.Size.Width, data.Size.Height),
            specification.Seed
        );
        _reporter = new(
            epoch => services.Grains.GetGrain<IRunGrain>(assignment.RunId).RecordEpochAsync(epoch),
            services.Liveness.Patience,
            services.Clock,
            services.Logger
        );
        _saver = new(
            assignment,
            device.Trainer,
            specification.Seed,
            replica.Layout,
            run,
            data,
            _reporter,
            services
        );
        Clock = new(services.Clock);
        Telemetry = new(services.Telemetry, assignment.RunId, device);
        State = new(device, replica, Plan);
        Device = new(device.Thread, services.Clock, services.Liveness.Call);
        Rounds = new(
            Device,
            replica,
            Plan,
            DeferredReweighting.Of(specification.Method, data.Counts),
            images,
            State,
            _saver,
            Clock,
            Telemetry
        );
        Epochs = new(
            Device,
            replica,
            Plan,
            evaluation,
            ShotGroups.Parse(assignment.Settings.Groups, data.Counts),
            images,
            State,
            _saver,
            _reporter,
            Clock,
            Telemetry
        );
        Images = images;
    }

    /// <summary>The run.</summary>
    public RunSpecification Specification { get; }

    /// <summary>The run's rounds and exchanges.</summary>
    public ExchangePlan Plan { get; }

    /// <summary>Computes slots, applies averages.</summary>
    public RoundWork Rounds { get; }

    /// <summary>Evaluates, closes epochs.</summary>
    public EpochWork Epochs { get; }

    /// <summary>Holds the state.</summary>
    public StateTransfer State { get; }

    /// <summary>Measures.</summary>
    public RoundClock Clock { get; }

    /// <summary>Knows what the device is at.</summary>
    public DeviceWatch Device { get; }

    /// <summary>Tells of rounds.</summary>
    public RoundTelemetry Telemetry { get; }

    /// <summary>Numbers in a contribution.</summary>
    public int Elements => _replica.ContributionLength;

    private SlotImages Images { get; }

    /// <summary>Opens the data, builds the network, loads the state to start from.</summary>
    public static async Task<TrainerWork> PrepareAsync(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        CancellationToken cancellationToken
    )
    {
        var specification = SpecificationDocument.Read(assignment.Specification);
        var data = await services.Data.OpenAsync(
            specification,
            assignment.Settings.DataPath,
            assignment.ManifestHash,
            cancellationToken
        );
        var initial =
            assignment.Checkpoint is null && specification.Model.InitFrom is not null
                ? WeightsFile.Read(Path.Combine(assignment.Folder, InitialWeights.FileName))
                : null;
        var started = services.Clock.GetUtcNow();
        var replica = await device.Thread.RunAsync(
            () =>
            {
                TorchThreads.Configure();
                var made = new Replica(
                    specification,
                    data.Counts,
                    data.Size.Height,
                    data.Size.Width,
                    TorchDevices.Open(device.Name)
                );
                if (assignment.Checkpoint is null)
                    made.Initialise(initial);
                return made;
            },
            cancellationToken
        );
        services.Telemetry.DeviceReady(assignment.RunId, device.Trainer, device.Name, started);
        try
        {
            var work = new TrainerWork(assignment, device, services, specification, data, replica);
            if (assignment.Checkpoint is { } checkpoint)
            {
                await work.State.LoadAsync(await work._saver.LoadAsync(checkpoint));
                work._reporter.Begin(); // whichever trainer writes: there may be no epoch left to report
            }
            else
                await work.State.BeginAsync(cancellationToken);
            work.Clock.NextEpoch();
            return work;
        }
        catch
        {
            await FreeAsync(device, replica); // nobody else knows of it
            throw;
        }
    }

    /// <summary>Takes a state that was copied from another trainer.</summary>
    /// <returns>The state held then.</returns>
    public async Task<TrainerState> LoadAsync(LoadState action)
    {
        var loaded = await State.LoadAsync(action);
        Images.Forget(loaded.Position.Round);
        _saver.Drop();
        Clock.NextRound();
        return loaded;
    }

    /// <summary>Waits for a checkpoint that is being written to the run's folder, and for what is being told of epochs.</summary>
    public Task FlushAsync() => Task.WhenAll(_saver.WrittenAsync(), _reporter.FlushAsync());

    /// <summary>Writes the state now, after what is being written, and waits for it.</summary>
    /// <param name="term">Of the lease held; null without one.</param>
    public async Task<CheckpointReport> SaveNowAsync(long? term)
    {
        await _saver.WrittenAsync(); // before another copy is made
        return await _saver.SaveAsync(await State.CopyAsync(), term);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await FlushAsync();
        }
        finally
        {
            await FreeAsync(_device, _replica);
        }

        await _saver.FlushAsync();
    }

    private static async Task FreeAsync(TrainingDevice device, Replica replica) =>
        await device.Thread.RunAsync(() =>
        {
            replica.Dispose();
            return true;
        });
}
