using System.ComponentModel.DataAnnotations;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>How a run is carried out: everything its owner chose that does not change its numbers.</summary>
[GenerateSerializer, Immutable, Alias("mm.RunSettings")]
public sealed record RunSettings
{
    /// <summary>Name shown in lists: letters, digits, <c>-</c> and <c>.</c>.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Free labels, <c>key=value</c>.</summary>
    [Id(1)]
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Preset the configuration started from.</summary>
    [Id(2)]
    public string Preset { get; init; } = "";

    /// <summary>Fewest trainers to start and go on with, 1 or more.</summary>
    [Id(3)]
    [Range(1, 1024)]
    public int MinTrainers { get; init; } = 1;

    /// <summary>Most trainers to use; 0 for as many as there are, never more than slots.</summary>
    [Id(4)]
    [Range(0, 1024)]
    public int MaxTrainers { get; init; }

    /// <summary>How long to wait for <see cref="MinTrainers"/> before MM3002; zero for not at all.</summary>
    [Id(5)]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Folder or archive of the images; null for a data set that needs none, or for the silo's cache.</summary>
    [Id(6)]
    public string? DataPath { get; init; }

    /// <summary>When a checkpoint is written.</summary>
    [Id(7)]
    public CheckpointPolicy Checkpoints { get; init; } = new();

    /// <summary>Wall-clock limit; the run is then checkpointed and stopped. Null for none.</summary>
    [Id(8)]
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Shot groups of the report: <c>auto</c>, <c>thirds</c>, or the two thresholds as <c>many,few</c>.</summary>
    [Id(9)]
    public string Groups { get; init; } = "auto";

    /// <summary>Write TensorBoard files.</summary>
    [Id(10)]
    public bool TensorBoard { get; init; } = true;

    /// <summary>Spans: <c>none</c>, <c>sampled</c> or <c>all</c>.</summary>
    [Id(11)]
    public string Traces { get; init; } = "sampled";

    /// <summary>In <c>sampled</c>: every this many rounds one is recorded.</summary>
    [Id(12)]
    [Range(1, 1_000_000)]
    public int TraceEvery { get; init; } = 50;

    /// <summary>The resolved configuration as YAML, kept as <c>run.yaml</c>.</summary>
    [Id(13)]
    public string ConfigurationYaml { get; init; } = "";

    /// <summary>
    /// Another run's checkpoint at the end of an epoch, as <c>RUN@CHECKPOINT</c>, to begin at because this run would have come to the same
    /// state by itself; null to begin at the first round.
    /// </summary>
    [Id(14)]
    public string? Parent { get; init; }

    /// <summary>End after this many rounds of training as if the run had that many; for the smoke test. Null for all.</summary>
    [Id(15)]
    public long? RoundLimit { get; init; }

    /// <summary>Show the test error of every class as a metric, 100 classes at most.</summary>
    [Id(16)]
    public bool PerClassMetrics { get; init; }

    /// <summary>Bins of confidence that calibration is measured in, 1 to 1000. All trainers of a run count in the same.</summary>
    [Id(17)]
    [Range(1, 1000)]
    public int CalibrationBins { get; init; } = 15;

    /// <summary>
    /// Where the weights lie that the specification begins with, as <c>RUN@CHECKPOINT</c> or the path of a checkpoint or model file; null
    /// when it begins with none. They are copied when the run is submitted.
    /// </summary>
    [Id(18)]
    public string? InitFrom { get; init; }

    /// <summary>Place among queued runs, −1000 to 1000: the highest is first.</summary>
    [Id(19)]
    [Range(-1000, 1000)]
    public int Priority { get; init; }
}
