using System.Text.Json;
using System.Text.Json.Serialization;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Runs.Folders;

/// <summary>What became of a run: the content of <c>run.json</c>. A time that has not come and a value that is not known are null.</summary>
public record RunRecord
{
    /// <summary>Format of this document; within <c>v1</c> keys are only added.</summary>
    public string Schema { get; init; } = "mm/run/v1";

    /// <summary>Such as <c>r-7f3k9q</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Name shown in lists.</summary>
    public required string Name { get; init; }

    /// <summary>Preset the configuration started from.</summary>
    public string Preset { get; init; } = "";

    /// <summary>Free labels.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it stands.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why it was stopped, such as <c>request</c> or <c>max_time</c>; empty otherwise.</summary>
    public string StopReason { get; init; } = "";

    /// <summary>What a run waits for that is queued, or cannot begin again yet, as a clause; null when it does not.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>When it was last put into the queue; null for when it was submitted.</summary>
    public DateTimeOffset? Queued { get; init; }

    /// <summary>Checkpoint that a queued run was told to go on from; null for the newest intact one.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Everything that determines the numbers.</summary>
    public required JsonElement Specification { get; init; }

    /// <summary>SHA-256 of the specification's canonical text.</summary>
    public required string SpecificationSha256 { get; init; }

    /// <summary>How the run is carried out.</summary>
    public virtual RunSettings? Settings { get; init; }

    /// <summary>How the run is carried out; the defaults in a record of before they were kept.</summary>
    [JsonIgnore]
    public RunSettings SettingsOrDefaults => Settings ?? new() { Name = Name };

    /// <summary>Identity of the images.</summary>
    public string? DataManifestHash { get; init; }

    /// <summary>Images left out because they cannot be read, found before the first round.</summary>
    public int SkippedImages { get; init; }

    /// <summary>What lay among a user's own images and was not read, by its kind.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; init; } = [];

    /// <summary>Versions by part: <c>mmorleans</c>, <c>dotnet</c>.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>Machine the run was started on.</summary>
    public string Host { get; init; } = "";

    /// <summary>Build and devices that its first start was trained on, which decide its bits; null before it, and in a record of before it was kept.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>When it was submitted, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its first round began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the stretch of training began that is going on, or was the last: the start, or the newest resumption.</summary>
    public DateTimeOffset? Begun { get; init; }

    /// <summary>Names the newest start of its trainers.</summary>
    public string? Attempt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Training images by class.</summary>
    public IReadOnlyList<int> ClassCounts { get; init; } = [];

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Epochs of the run.</summary>
    public int Epochs { get; init; }

    /// <summary>Completed epochs.</summary>
    public int Epoch { get; init; }

    /// <summary>Rounds of the run.</summary>
    public long Rounds { get; init; }

    /// <summary>Completed rounds.</summary>
    public long Round { get; init; }

    /// <summary>The epoch with the best accuracy.</summary>
    public EpochResult? Best { get; init; }

    /// <summary>The last epoch.</summary>
    public EpochResult? Last { get; init; }

    /// <summary>Last evaluation: accuracy by class, in [0, 1]; null for a class without test images.</summary>
    public IReadOnlyList<double?> ClassAccuracy { get; init; } = [];

    /// <summary>Last evaluation: images by (true, predicted) class, row-major.</summary>
    public IReadOnlyList<long> Confusion { get; init; } = [];

    /// <summary>Last evaluation: images by confidence.</summary>
    public CalibrationRecord? Calibration { get; init; }

    /// <summary>Last evaluation: images by margin.</summary>
    public MarginRecord? Margins { get; init; }

    /// <summary>The same of the last evaluation in phase <c>main</c>: what re-weighting began from.</summary>
    public MarginRecord? MarginsBefore { get; init; }

    /// <summary>Newest checkpoint, such as <c>epoch-0012</c>.</summary>
    public string? LastCheckpoint { get; init; }

    /// <summary>Hash of the final state; null until the run has finished or stopped.</summary>
    public string? StateSha256 { get; init; }

    /// <summary>Why it failed.</summary>
    public Fault? Error { get; init; }

    /// <summary>What it was started from, as <c>RUN@CHECKPOINT</c>.</summary>
    public string? Parent { get; init; }

    /// <summary>Trainers that took part, in order of their joining.</summary>
    public IReadOnlyList<RunTrainer> Trainers { get; init; } = [];

    /// <summary>Reads a record.</summary>
    /// <exception cref="FaultException">MM5001: it is missing or no record.</exception>
    public static RunRecord Read(string path)
    {
        try
        {
            var record =
                JsonSerializer.Deserialize<RunRecord>(File.ReadAllBytes(path), RecordJson.Options)
                ?? throw new JsonException("it holds the JSON word null");
            // A copied folder is a run of its own, and its name is what every verb finds it by.
            return
                Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { } name
                && name != record.Id
                && RunId.MayNameARun(name)
                ? record with
                {
                    Id = name,
                }
                : record;
        }
        catch (Exception fault) when (fault is JsonException || StorageFault.Is(fault))
        {
            throw new FaultException(
                "MM5001",
                $"{path} cannot be read: {fault.Message.TrimEnd('.')}",
                "restore the file, or start a new run from the run's newest checkpoint",
                fault
            );
        }
    }

    /// <summary>Replaces the file whole.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Write(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>The document's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunFolderJson.Default.RunRecord);
}

/// <summary>A trainer that took part.</summary>
/// <param name="Trainer">Its name, such as <c>silo-0/t0</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
public sealed record RunTrainer(string Trainer, string Device);
