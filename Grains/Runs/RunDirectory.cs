using System.Globalization;
using System.Text.Json;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>The run folder as the run grain keeps it: record, metrics, events, TensorBoard, endpoint.</summary>
internal sealed class RunDirectory(
    string root,
    string runId,
    LocalEndpoint? endpoint,
    Func<DateTimeOffset, WriterIdentity> writer,
    TimeProvider clock,
    CheckpointPlaces places
) : IDisposable
{
    private readonly RunFolder _folder = new(root, runId);
    private readonly HeldWrites _writes = new(clock);
    private readonly List<EpochResult> _heldRows = [];
    private RunRecord? _heldRecord;
    private EventLog? _events;
    private TensorBoardWriter? _tensorBoard;
    private WriterHold? _hold;

    /// <summary>The folder's path.</summary>
    public string Path => _folder.Path;

    /// <summary>The record as it stands; null when there is no such run.</summary>
    public RunRecord? Read() => _folder.Exists ? RunRecord.Read(_folder.Record) : null;

    /// <summary>Whether this process may write into the folder: nothing is written before, after it was let go, or once it is lost.</summary>
    public bool IsHeld => _hold is not null && !IsLost();

    /// <summary>Whether another silo has gone on with the run while this one stood still.</summary>
    public bool IsLost() => _hold?.IsSuperseded() == true;

    /// <summary>Keeps every other process from writing into the folder, until <see cref="Dispose"/>.</summary>
    /// <exception cref="FaultException">MM3006: another one does, and is named. MM5003: the disk refuses.</exception>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        if (IsHeld)
            return;
        _hold?.Dispose();
        _hold = null;
        var hold = await WriterHold.TakeAsync(_folder, writer(clock.GetUtcNow()), clock, cancellationToken);
        if (_hold is null)
            _hold = hold;
        else
            hold.Dispose();
    }

    /// <summary>The same, and reads what is there; a folder that cannot be read is let go again.</summary>
    /// <exception cref="FaultException">As above, or what cannot be read.</exception>
    public async Task<T> HoldAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        var wasHeld = IsHeld;
        await HoldAsync(cancellationToken);
        try
        {
            return read();
        }
        catch when (!wasHeld)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes the folder, and keeps every other process from writing into it.</summary>
    /// <exception cref="FaultException">MM3006, MM5003: another process writes there, or the disk refuses; nothing is left then.</exception>
    public async Task CreateAsync(RunRecord record, RunSettings settings, CancellationToken cancellationToken)
    {
        var existed = Directory.Exists(_folder.Path);
        try
        {
            Directory.CreateDirectory(_folder.Path);
            await HoldAsync(cancellationToken);
            _folder.Create(record, settings.ConfigurationYaml);
        }
        catch (Exception fault)
        {
            Dispose();
            if (!existed && Directory.Exists(_folder.Path))
                Directory.Delete(_folder.Path, recursive: true);
            if (StorageFault.Is(fault))
                throw StorageFault.CannotWrite(_folder.Path, fault);
            throw;
        }
    }

    /// <summary>Takes the folder away again, with all that is in it.</summary>
    public void Delete()
    {
        Dispose();
        _folder.Delete();
    }

    /// <summary>Since when the disk refuses what is written, and why; null while it takes it.</summary>
    public (DateTimeOffset Since, string Cause)? Refused => _writes.Refused;

    /// <summary>Tries again to write what the disk refused.</summary>
    /// <returns>Whether all is written.</returns>
    public bool CatchUp() => _writes.CatchUp();

    /// <summary>Replaces the record; only the newest of those that the disk refuses is held back.</summary>
    public void Write(RunRecord record)
    {
        if (!IsHeld)
            return; // late news of a run that was let go: the folder may be another process's by now
        _heldRecord = record;
        Put(() =>
        {
            _heldRecord?.Write(_folder.Record);
            _heldRecord = null;
        });
    }

    /// <summary>Opens the logs for a stretch of training; everything past the restored round is cut first.</summary>
    public void Open(int epoch, long round, bool tensorBoard)
    {
        CloseLogs();
        _folder.CutAfter(epoch, round);
        Continue(round, tensorBoard);
    }

    /// <summary>Opens the logs where another activation left them.</summary>
    public void Continue(long round, bool tensorBoard)
    {
        if (!IsHeld)
            throw new InvalidOperationException($"{runId} is written to before its folder is held.");
        _events ??= new(_folder.Events);
        if (tensorBoard)
            _tensorBoard ??= new(_folder.TensorBoard, Environment.MachineName, round, clock);
        endpoint?.Write(_folder.Endpoint);
    }

    /// <summary>Epochs recorded so far.</summary>
    public IReadOnlyList<EpochResult> Epochs() => [.. MetricsCsv.Read(_folder.Metrics), .. _heldRows];

    /// <summary>Adds an epoch; the same one twice is one.</summary>
    /// <returns>The row that stands: another one than was given when the epoch is there with different numbers.</returns>
    public EpochResult Add(EpochResult row)
    {
        if (Epochs().FirstOrDefault(present => present.Epoch == row.Epoch) is { } there)
            return there;
        if (!IsHeld)
            return row;
        _heldRows.Add(row);
        Put(() =>
        {
            MetricsCsv.Append(_folder.Metrics, row);
            _heldRows.Remove(row);
        });
        Put(() => _tensorBoard?.Write(row));
        return row;
    }

    /// <summary>Makes another run's past this one's own: the epochs up to a checkpoint, and the checkpoint under this run's name.</summary>
    /// <returns>The epochs.</returns>
    /// <exception cref="FaultException">MM5001, MM5002, MM5003: the checkpoint cannot be read, or not be written here.</exception>
    public IReadOnlyList<EpochResult> Adopt(RunFork fork, string specification, TrainingData data)
    {
        var run = SpecificationDocument.Read(specification);
        var (width, height) = data.Size;
        var layout = ObjectiveCatalogue.Layout(run, data.Counts.Count, height, width);
        var checkpoint = fork.Checkpoint.Load(layout);
        var at = new RunPlan(run, Samplers.Create(run, data.Labels).DrawsPerEpoch).At(
            checkpoint.Progress.Round
        );
        new CheckpointWriter(_folder.Checkpoints, "fork", term: null, clock).Write(
            checkpoint with
            {
                RunId = runId,
                Specification = specification,
                Parents = [.. checkpoint.Parents, fork.Name],
                Progress = checkpoint.Progress with
                {
                    Seed = run.Seed,
                    LearningRate = at.LearningRate,
                    Phase = PhaseName.Of(at.Phase),
                },
            }
        );
        var rows = fork.Epochs.Where(row => row.Epoch <= checkpoint.Progress.Epoch).ToList();
        foreach (var row in rows)
            MetricsCsv.Append(_folder.Metrics, row);
        return rows;
    }

    /// <summary>Keeps a copy of the weights that the run begins with, for every trainer that starts it.</summary>
    /// <exception cref="FaultException">MM5003: they cannot be written here.</exception>
    public void Keep(InitialWeights weights) =>
        weights.Write(System.IO.Path.Combine(_folder.Path, InitialWeights.FileName));

    /// <summary>Adds an event.</summary>
    /// <param name="happened">What.</param>
    /// <param name="fields">More of it, for readers that are programs; null for nothing.</param>
    /// <param name="key">The same one twice is one event; empty: it is told by its time.</param>
    public void Add(
        RunEvent happened,
        IReadOnlyDictionary<string, JsonElement>? fields = null,
        string key = ""
    )
    {
        var record = new EventRecord
        {
            Time = happened.Time,
            Event = happened.Kind,
            Key = key.Length > 0 ? key : happened.Time.ToString("O", CultureInfo.InvariantCulture),
            Epoch = happened.Epoch,
            Round = happened.Round,
            Message = happened.Message,
            Fields = fields is null ? null : new(fields),
        };
        Put(() => _events?.Append(record));
    }

    /// <summary>What is held back until the folder is another process's is not written any more.</summary>
    private void Put(Action write) =>
        _writes.Put(() =>
        {
            if (!IsLost())
                write();
        });

    /// <summary>Checkpoints of the run.</summary>
    public CheckpointStore Checkpoints => new(_folder.Checkpoints);

    /// <summary>Settings that name where this run's checkpoints are kept, also when that is the silo's choice.</summary>
    /// <exception cref="FaultException">MM1004: no address. MM3003: not a place that this silo may use.</exception>
    public RunSettings Settle(RunSettings settings) => places.Settle(settings);

    /// <summary>Those of them that an object store keeps; null where the run has none.</summary>
    /// <exception cref="FaultException">MM3003: this silo may not use that store.</exception>
    public StoredCheckpoints? Stored(RunSettings settings) =>
        places.Of(settings.Checkpoints.Place, runId, _folder.Checkpoints);

    /// <summary>Closes the logs, takes the endpoint away and lets the folder go.</summary>
    public void Dispose()
    {
        CloseLogs();
        if (IsHeld)
            endpoint?.Remove(_folder.Endpoint);
        _hold?.Dispose();
        _hold = null;
    }

    private void CloseLogs()
    {
        CatchUp();
        _events?.Dispose();
        _tensorBoard?.Dispose();
        (_events, _tensorBoard) = (null, null);
    }
}
