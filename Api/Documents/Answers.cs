using System.Text.Json;
using MMOrleans.Api.Series;

namespace MMOrleans.Api.Documents;

/// <summary>A page of runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="NextCursor">Ask for what follows with it; null when nothing does.</param>
/// <param name="Unreadable">Ids of runs whose record cannot be read.</param>
public sealed record RunList(
    IReadOnlyList<RunSummary> Runs,
    string? NextCursor,
    IReadOnlyList<string> Unreadable
)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/runs/v1";
}

/// <summary>What a run was told to do.</summary>
/// <param name="Run">The run.</param>
/// <param name="Yaml">Its configuration; behind values stands where they came from.</param>
/// <param name="Specification">What determines its numbers.</param>
public sealed record RunConfigurationDocument(string Run, string Yaml, JsonElement Specification)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/config/v1";
}

/// <summary>The metrics of a run by epoch.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="SwitchEpoch">Completed epochs at the DRW switch; null for none.</param>
/// <param name="Series">The series by name.</param>
public sealed record MetricsDocument(
    string Run,
    int Epochs,
    int? SwitchEpoch,
    IReadOnlyDictionary<string, MetricSeries> Series
)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/metrics/v1";
}

/// <summary>The trainers of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Trainers">Those that work on it and those that took part.</param>
public sealed record TrainerList(string Run, IReadOnlyList<TrainerDocument> Trainers)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/trainers/v1";
}

/// <summary>The checkpoints of a run, newest first.</summary>
/// <param name="Run">The run.</param>
/// <param name="Checkpoints">The checkpoints.</param>
/// <param name="Best">Name of the checkpoint of the best epoch; null when it is not there.</param>
public sealed record CheckpointList(string Run, IReadOnlyList<CheckpointDocument> Checkpoints, string? Best)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/checkpoints/v1";
}

/// <summary>One checkpoint.</summary>
/// <param name="Name">Such as <c>epoch-0012</c>.</param>
/// <param name="Epoch">Completed epochs; null when its manifest cannot be read.</param>
/// <param name="Round">The round to compute next.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="Written">When, UTC.</param>
/// <param name="StateSha256">Hash of the state.</param>
/// <param name="Whole">Whether every file has its size; the content was not read.</param>
/// <param name="Files">Its files.</param>
public sealed record CheckpointDocument(
    string Name,
    int? Epoch,
    long? Round,
    long? Bytes,
    DateTimeOffset? Written,
    string? StateSha256,
    bool Whole,
    IReadOnlyList<CheckpointFileDocument> Files
);

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">Such as <c>model.safetensors</c>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record CheckpointFileDocument(string Name, long Bytes, string Sha256);

/// <summary>The files of a run's report.</summary>
/// <param name="Run">The run.</param>
/// <param name="Files">By name; <c>index.html</c> is the page.</param>
public sealed record ReportDocument(string Run, IReadOnlyList<ReportFileDocument> Files)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/report_files/v1";
}

/// <summary>One file of a report.</summary>
/// <param name="Name">Such as <c>metrics.json</c>.</param>
/// <param name="Bytes">Size.</param>
public sealed record ReportFileDocument(string Name, long Bytes);

/// <summary>What serves.</summary>
/// <param name="Version">Version of MMOrleans.</param>
/// <param name="Commit">Commit that it was built from.</param>
/// <param name="Dotnet">Version of the runtime.</param>
/// <param name="Cluster">Whether it is a cluster, rather than a folder of runs.</param>
/// <param name="Role">What the caller may do: <c>viewer</c> or <c>operator</c>.</param>
/// <param name="Traces">Where a run's traces are looked at, with places for <c>{run}</c>, <c>{from}</c> and <c>{to}</c>; null for nowhere.</param>
/// <param name="Dashboard">Whether Orleans' own dashboard is at <c>/orleans</c>, for operators.</param>
public sealed record VersionDocument(
    string Version,
    string Commit,
    string Dotnet,
    bool Cluster,
    string Role,
    string? Traces,
    bool Dashboard
)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/version/v1";
}

/// <summary>Presets that a run may start from.</summary>
/// <param name="Presets">Name and one line each.</param>
public sealed record PresetList(IReadOnlyList<PresetDocument> Presets)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/presets/v1";
}

/// <summary>A preset.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Doc">One line.</param>
/// <param name="Values">Keys and values.</param>
public sealed record PresetDocument(string Name, string Doc, IReadOnlyDictionary<string, string> Values);
