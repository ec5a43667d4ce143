using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Settings;

/// <summary>How a run is carried out: everything its owner chose that does not change its numbers.</summary>
public sealed record RunSettings
{
    /// <summary>Name shown in lists: letters, digits, <c>-</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Free labels, <c>key=value</c>.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Preset the configuration started from.</summary>
    public string Preset { get; init; } = "";

    /// <summary>Fewest trainers to begin with, 1 or more; once its first round is under way it goes on with one.</summary>
    [Range(1, 1024)]
    public int MinTrainers { get; init; } = 1;

    /// <summary>Most trainers to use; 0 for as many as there are, never more than slots.</summary>
    [Range(0, 1024)]
    public int MaxTrainers { get; init; }

    /// <summary>How long to wait for <see cref="MinTrainers"/> before MM3002; zero for not at all.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Folder or archive of the images; null for a data set that needs none, or for the silo's cache.</summary>
    public string? DataPath { get; init; }

    /// <summary>When a checkpoint is written.</summary>
    public CheckpointPolicy Checkpoints { get; init; } = new();

    /// <summary>Wall-clock limit; the run is then checkpointed and stopped. Null for none.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Shot groups of the report: <c>auto</c>, <c>thirds</c>, or the two thresholds as <c>many,few</c>.</summary>
    public string Groups { get; init; } = "auto";

    /// <summary>Write TensorBoard files.</summary>
    public bool TensorBoard { get; init; } = true;

    /// <summary>Spans: <c>none</c>, <c>sampled</c> or <c>all</c>.</summary>
    public string Traces { get; init; } = "sampled";

    /// <summary>In <c>sampled</c>: every this many rounds one is recorded.</summary>
    [Range(1, 1_000_000)]
    public int TraceEvery { get; init; } = 50;

    /// <summary>The resolved configuration as YAML, kept as <c>run.yaml</c>.</summary>
    public string ConfigurationYaml { get; init; } = "";

    /// <summary>
    /// Another run's checkpoint at the end of an epoch, as <c>RUN@CHECKPOINT</c>, to begin at because this run would have come to the same
    /// state by itself; null to begin at the first round.
    /// </summary>
    public string? Parent { get; init; }

    /// <summary>End after this many rounds of training as if the run had that many; for the smoke test. Null for all.</summary>
    public long? RoundLimit { get; init; }

    /// <summary>Show the test error of every class as a metric, 100 classes at most.</summary>
    public bool PerClassMetrics { get; init; }

    /// <summary>Bins of confidence that calibration is measured in, 1 to 1000. All trainers of a run count in the same.</summary>
    [Range(1, 1000)]
    public int CalibrationBins { get; init; } = Calibration.UsualBins;

    /// <summary>
    /// Where the weights lie that the specification begins with, as <c>RUN@CHECKPOINT</c> or the path of a checkpoint or model file; null
    /// when it begins with none. They are copied when the run is submitted.
    /// </summary>
    public string? InitFrom { get; init; }

    /// <summary>Place among queued runs, −1000 to 1000: the highest is first.</summary>
    [Range(-1000, 1000)]
    public int Priority { get; init; }
}
