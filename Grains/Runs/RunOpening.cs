using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>Opens what a run begins with, before anybody is asked to train it: what is missing refuses it whole.</summary>
internal sealed class RunOpening(
    RunDirectory directory,
    RunDirectoryFactory directories,
    TrainingDataCache dataCache,
    ClientPaths paths,
    RunTelemetry telemetry,
    RunLog log,
    TimeProvider clock
)
{
    private OpenedSubmission? _submission; // until its folder is made

    /// <summary>The run's images; null until somebody needs them, and after its end.</summary>
    public TrainingData? Data { get; set; }

    /// <summary>The same, where they were opened a moment ago.</summary>
    public TrainingData Images => Data ?? throw new InvalidOperationException("The images were not opened.");

    /// <summary>Opens what a run begins with, or goes on from.</summary>
    public async Task<LifeEvent> OpenAsync(LifeEffect.Open wanted, CancellationToken cancellationToken)
    {
        try
        {
            return wanted is { Intent: not RunIntent.Submission, Known: { } known, Settings: { } settings }
                ? await OpenAsync(known, settings, wanted.Intent, cancellationToken)
                : await OpenAsync((RunIntent.Submission)wanted.Intent, cancellationToken);
        }
        catch (FaultException fault)
        {
            return new LifeEvent.OpeningFailed(fault.Fault);
        }
    }

    /// <summary>Makes the folder of a run that was opened. What was begun and cannot be ended is taken away again.</summary>
    public async Task<LifeEvent> CreateAsync(LifeEvent.Opened opened)
    {
        var submission = _submission;
        _submission = null; // it may hold weights
        try
        {
            await directory.CreateAsync(opened.Record, opened.Settings, CancellationToken.None);
            if (submission?.Weights is { } weights)
                directory.Keep(weights);
            return new LifeEvent.Created(
                submission is { Fork: { } fork, Data: var data }
                    ? log.Fork(fork, opened.Record, data)
                    : opened.Record
            );
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is FaultException)
        {
            var fault = exception as FaultException ?? StorageFault.CannotWrite(directory.Path, exception);
            if (directory.IsHeld)
                directory.Delete(); // begun here, and refused after all
            return new LifeEvent.CreationFailed(fault.Fault);
        }
    }

    private async Task<LifeEvent> OpenAsync(RunIntent.Submission asked, CancellationToken cancellationToken)
    {
        var opened = await OfSubmissionAsync(asked.Specification, asked.Asked.Settings, cancellationToken);
        (_submission, Data) = (opened, opened.Data);
        var record = RunRecordChanges.Submission(
            asked.Asked with
            {
                Settings = opened.Settings,
            },
            asked.Specification,
            opened.Data,
            clock.GetUtcNow()
        );
        var manifest = opened.Fork?.Manifest;
        return new LifeEvent.Opened(
            record,
            opened.Settings,
            asked.Specification,
            new(
                opened.Fork?.Checkpoint.Name,
                manifest?.Epoch ?? 0,
                manifest?.Round ?? 0,
                opened.Fork?.Name,
                []
            )
        );
    }

    private async Task<LifeEvent> OpenAsync(
        LifeState.Known known,
        RunSettings settings,
        RunIntent intent,
        CancellationToken cancellationToken
    )
    {
        var checkpoint = intent switch
        {
            RunIntent.Resumption resumption => resumption.Wish.Checkpoint,
            RunIntent.Turn => known.Record.ResumeFrom,
            _ => null,
        };
        var opened = await OfResumptionAsync(
            known.Record,
            known.Specification,
            settings,
            checkpoint,
            cancellationToken
        );
        Data = opened.Data;
        var manifest = opened.From?.Manifest;
        return new LifeEvent.Opened(
            known.Record,
            settings,
            known.Specification,
            new(
                opened.From?.Name,
                manifest?.Epoch ?? 0,
                manifest?.Round ?? 0,
                ForkedFrom: null,
                [.. opened.PassedOver]
            )
        );
    }

    /// <summary>What a new run begins with.</summary>
    /// <param name="specification">Determines the numbers.</param>
    /// <param name="asked">As the client wrote them.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FaultException">MM1005: nothing is trained. Otherwise: the images, the bucket, the weights or the other run cannot be used.</exception>
    public async Task<OpenedSubmission> OfSubmissionAsync(
        RunSpecification specification,
        RunSettings asked,
        CancellationToken cancellationToken
    )
    {
        if (specification.Classifier is { } computed)
            throw new FaultException(
                "MM1005",
                $"a {computed.Kind} classifier is computed from another run's features, there is nothing to train",
                $"mm finetune RUN --method {specification.Method.Name}"
            );
        var settings = directory.Settle(asked);
        if (directory.Stored(settings) is { } place)
            await place.CheckAsync(cancellationToken);
        await directories.FetchAsync(settings.InitFrom, cancellationToken);
        await directories.FetchAsync(settings.Parent, cancellationToken);
        var data = await OpenAsync(specification, asked, null, cancellationToken);
        return new(
            settings,
            data,
            StartingWeights.Find(specification, asked.InitFrom, data, directories, paths),
            asked.Parent is { } from
                ? RunFork.Find(from, specification, data.ManifestHash, directories)
                : null
        );
    }

    /// <summary>What a run goes on from.</summary>
    /// <param name="record">The run as it stands.</param>
    /// <param name="specification">Its own.</param>
    /// <param name="settings">With what the resumption changes.</param>
    /// <param name="checkpoint">Which one; null for the newest intact one of folder and bucket.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FaultException">The images are others, the bucket is away, or the checkpoint cannot be used.</exception>
    private async Task<OpenedResumption> OfResumptionAsync(
        RunRecord record,
        RunSpecification specification,
        RunSettings settings,
        string? checkpoint,
        CancellationToken cancellationToken
    )
    {
        var data = await OpenAgainAsync(record, specification, settings, cancellationToken);
        var stored = directory.Stored(settings);
        CheckpointEntry? from;
        IReadOnlyList<CheckpointEntry> damaged = [];
        var checkpoints = directory.Checkpoints;
        IReadOnlyList<(string, string)> damagedInStore = [];
        if (checkpoint is not null)
        {
            await (stored?.FetchAsync(checkpoint, cancellationToken) ?? Task.CompletedTask);
            from = await Task.Run(() => checkpoints.FindIntact(checkpoint), cancellationToken);
        }
        else
        {
            if (stored is not null)
                damagedInStore = await stored.FetchNewestAsync(cancellationToken);
            (from, damaged) = await Task.Run(
                () => (checkpoints.NewestIntact(out var passedOver), passedOver),
                cancellationToken
            );
        }

        telemetry.Verified(from?.Manifest?.Bytes(), damaged.Count);
        if (from is not null)
            CheckpointFit.Check(from.Name, from.Manifest!, specification, data.Counts.Count);
        return data.ManifestHash == record.DataManifestHash
            ? new(data, from, damaged, damagedInStore)
            : throw new FaultException(
                "MM2002",
                $"the images at {settings.DataPath ?? "the data cache"} have manifest {data.ManifestHash[..12]}, the run began with {record.DataManifestHash?[..12]}",
                "point --data-dir at the images that the run began with"
            );
    }

    private async Task<TrainingData> OpenAgainAsync(
        RunRecord record,
        RunSpecification specification,
        RunSettings settings,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await OpenAsync(specification, settings, null, cancellationToken);
        }
        catch (FaultException fault)
            when (fault.Code == "MM2001" && record.SettingsOrDefaults.DataPath is { } before)
        {
            throw new FaultException(
                fault.Code,
                settings.DataPath == before
                    ? $"the images of {record.Id} are not at {before} any more: {fault.Message}"
                    : $"the images of {record.Id}, which were at {before}, are not at {settings.DataPath}: {fault.Message}",
                $"say where they are now: mm resume {record.Id} --data-dir DIR",
                fault
            );
        }
    }

    /// <summary>The images of a run; a taken-over one opens them when it first needs them.</summary>
    /// <param name="specification">The run's.</param>
    /// <param name="settings">Say where they lie.</param>
    /// <param name="manifest">Hash of the manifest that the run began with; null where it begins, or the files are to be looked at again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FaultException">They cannot be used.</exception>
    public async Task<TrainingData> OpenAsync(
        RunSpecification specification,
        RunSettings settings,
        string? manifest,
        CancellationToken cancellationToken
    )
    {
        telemetry.Asked();
        var data = manifest is null
            ? await dataCache.OpenAsync(specification, settings.DataPath, cancellationToken)
            : await dataCache.OpenAsync(specification, settings.DataPath, manifest, cancellationToken);
        telemetry.Opened();
        return data;
    }
}
