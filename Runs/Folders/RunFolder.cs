using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Folders;

/// <summary>The files of one run.</summary>
/// <param name="root">Folder of all runs.</param>
/// <param name="runId">The run's id.</param>
public sealed class RunFolder(string root, string runId)
{
    /// <summary>The run's id.</summary>
    public string RunId { get; } = runId;

    /// <summary>The folder of all runs.</summary>
    public string Root { get; } = root;

    /// <summary>The run's folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, runId);

    /// <summary>Resolved configuration.</summary>
    public string Configuration => In("run.yaml");

    /// <summary>Status and results: <see cref="RunRecord"/>.</summary>
    public string Record => In("run.json");

    /// <summary>Timeline: <see cref="EventLog"/>.</summary>
    public string Events => In("events.jsonl");

    /// <summary>One row per epoch: <see cref="MetricsCsv"/>.</summary>
    public string Metrics => In("metrics.csv");

    /// <summary>Text log: <see cref="RunLog"/>.</summary>
    public string Log => In(new LogFile(Silo: null).Name);

    /// <summary>Text log of one silo of a cluster: <see cref="LogFile"/>.</summary>
    public string LogOf(string silo) => In(new LogFile(silo).Name);

    /// <summary>Where a local run listens while it runs: <see cref="LocalEndpoint"/>.</summary>
    public string Endpoint => In("endpoint.json");

    /// <summary>Held open by the process that writes into the folder: <see cref="WriterHold"/>.</summary>
    public string WriterLock => In("writer.lock");

    /// <summary>Who that is: <see cref="WriterIdentity"/>.</summary>
    public string Writer => In("writer.json");

    /// <summary>Where a copy of a cluster's run says which cluster it is from.</summary>
    public string CopyMark => In("copied-from");

    /// <summary>Whether this is a copy of what a cluster has.</summary>
    public bool IsCopy => File.Exists(CopyMark);

    /// <summary>Folder of TensorBoard files: <see cref="TensorBoardWriter"/>.</summary>
    public string TensorBoard => In("tensorboard");

    /// <summary>Folder of checkpoints: <see cref="CheckpointStore"/>.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>Folder of the report.</summary>
    public string Report => In("report");

    /// <summary>Folder of exported models.</summary>
    public string Export => In("export");

    /// <summary>Whether there is such a run.</summary>
    public bool Exists => File.Exists(Record);

    /// <summary>Makes the folder, writes the configuration and the record, and makes the run the latest.</summary>
    /// <remarks>The record comes last, so a folder without one is not a run.</remarks>
    /// <param name="record">The run's first record.</param>
    /// <param name="configuration">Content of <c>run.yaml</c>.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses; nothing is left then.</exception>
    public void Create(RunRecord record, string configuration)
    {
        var existed = Directory.Exists(Path);
        try
        {
            Directory.CreateDirectory(Path);
            AtomicFile.Write(Configuration, configuration);
            record.Write(Record);
            AtomicFile.Write(
                System.IO.Path.Combine(Root, RunCatalogue.LatestFile),
                RunId + "\n",
                writer: RunId // every run that is made writes this file
            );
        }
        catch (Exception fault) when (StorageFault.Is(fault) || fault is FaultException)
        {
            if (!existed && Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }

            throw fault as FaultException ?? StorageFault.CannotWrite(Path, fault);
        }
    }

    /// <summary>Removes all of it; a run that is not there is removed already.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Delete()
    {
        try
        {
            if (Directory.Exists(Path))
            {
                // First, so that a removal that is cut short leaves no half a run.
                File.Delete(Record);
                Directory.Delete(Path, recursive: true);
            }
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(Path, fault);
        }
    }

    /// <summary>The entries of the run's log, or of the logs of all silos of a cluster, in the order of time.</summary>
    public IReadOnlyList<LogEntry> ReadLogs()
    {
        var silos = LogFile.In(Path).Where(file => file.Silo is not null).ToList();
        return silos.Count == 0
            ? [.. RunLog.Read(Log)]
            : [.. silos.SelectMany(file => RunLog.Read(In(file.Name))).OrderBy(entry => entry.Time)];
    }

    /// <summary>Puts the logs of a cluster's silos into one, in the order of time.</summary>
    public void MergeLogs() => File.WriteAllLines(Log, ReadLogs().Select(entry => entry.ToLine()));

    /// <summary>Removes from metrics, events and TensorBoard files what lies past a restored state, so that no step appears twice.</summary>
    /// <param name="epoch">Completed epochs of the restored state.</param>
    /// <param name="round">The round to compute next.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void CutAfter(int epoch, long round)
    {
        MetricsCsv.CutAfter(Metrics, epoch);
        EventLog.CutAfter(Events, round);
        TensorBoardWriter.CutAfter(TensorBoard, epoch);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
