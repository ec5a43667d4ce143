using System.ComponentModel.DataAnnotations;

namespace MMOrleans.Runs.Settings;

/// <summary>When a checkpoint is written and which are kept. At most one of the three intervals is set; none means every epoch.</summary>
public sealed record CheckpointPolicy
{
    /// <summary>Every this many epochs, 1 or more; null when another interval is set.</summary>
    public int? EveryEpochs { get; init; }

    /// <summary>Every this many rounds, 1 or more.</summary>
    public int? EveryRounds { get; init; }

    /// <summary>Every so much wall-clock time.</summary>
    public TimeSpan? EveryTime { get; init; }

    /// <summary>Newest checkpoints kept, 1 or more.</summary>
    [Range(1, 100_000)]
    public int KeepLast { get; init; } = 3;

    /// <summary>Best checkpoints kept beside them, by <see cref="BestMetric"/>; 0 for none.</summary>
    [Range(0, 100_000)]
    public int KeepBest { get; init; } = 1;

    /// <summary>A column of <c>metrics.csv</c>.</summary>
    public string BestMetric { get; init; } = "accuracy";

    /// <summary>Whether the greatest value is the best.</summary>
    public bool BestIsGreatest { get; init; } = true;

    /// <summary>Completed epochs whose checkpoint stays whatever comes, such as the DRW switch's; 0 for none.</summary>
    public int KeepEpoch { get; init; }

    /// <summary>An object store that keeps them too, as <c>s3://bucket/prefix</c>; null: the run's folder only.</summary>
    public string? Place { get; init; }
}
