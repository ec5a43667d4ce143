namespace MMOrleans.Grains.Telemetry;

/// <summary>A live run's newest numbers, read whenever somebody scrapes. What is not known yet is null.</summary>
internal sealed record RunReading
{
    /// <summary>Share of the rounds that are done, in [0, 1].</summary>
    public double? Progress { get; init; }

    /// <summary>Completed epochs.</summary>
    public int? Epoch { get; init; }

    /// <summary>Seconds left.</summary>
    public double? Eta { get; init; }

    public double? TrainLoss { get; init; }

    public double? TestLoss { get; init; }

    public double? Accuracy { get; init; }

    public double? Many { get; init; }

    public double? Medium { get; init; }

    public double? Few { get; init; }

    /// <summary>Expected calibration error by shot group, <c>all</c> among them.</summary>
    public IReadOnlyList<(string Shot, double? Value)> Ece { get; init; } = [];

    /// <summary>Median margin by shot group, <c>all</c> among them.</summary>
    public IReadOnlyList<(string Shot, double? Value)> MarginMedian { get; init; } = [];

    public double? LearningRate { get; init; }

    public double? GradientNorm { get; init; }

    public double? WeightNorm { get; init; }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>Trainers that the run lacks to its minimum.</summary>
    public int? TrainersMissing { get; init; }

    /// <summary>When its newest checkpoint was written; before the first, when it began.</summary>
    public DateTimeOffset? CheckpointTime { get; init; }

    /// <summary>Intervals of its checkpoints that have gone by since then.</summary>
    public double? CheckpointLag { get; init; }

    /// <summary>Test error by class, only where per-class metrics are asked for; at most 100 are shown.</summary>
    public IReadOnlyList<(string Class, double Error)> ClassErrors { get; init; } = [];
}
