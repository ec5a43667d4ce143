namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>How far a run is, this moment. For displays; nothing depends on it.</summary>
[GenerateSerializer, Immutable, Alias("mm.RunProgress")]
public sealed record RunProgress
{
    /// <summary>Epoch in progress, counted from 1.</summary>
    [Id(0)]
    public int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    [Id(1)]
    public int Epochs { get; init; }

    /// <summary>Rounds completed in this epoch.</summary>
    [Id(2)]
    public int RoundOfEpoch { get; init; }

    /// <summary>Rounds of an epoch.</summary>
    [Id(3)]
    public int RoundsPerEpoch { get; init; }

    /// <summary>Rounds completed in all.</summary>
    [Id(4)]
    public long Round { get; init; }

    /// <summary>Rounds of the run.</summary>
    [Id(5)]
    public long Rounds { get; init; }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</summary>
    [Id(6)]
    public string Phase { get; init; } = "main";

    /// <summary>Training loss of the running epoch so far; NaN before the first round.</summary>
    [Id(7)]
    public double Loss { get; init; } = double.NaN;

    /// <summary>Learning rate now.</summary>
    [Id(8)]
    public double LearningRate { get; init; }

    /// <summary>Norm of the last averaged gradient.</summary>
    [Id(9)]
    public double GradientNorm { get; init; }

    /// <summary>Training images per second, all trainers.</summary>
    [Id(10)]
    public double ImagesPerSecond { get; init; }

    /// <summary>Since the run (or its resumption) started.</summary>
    [Id(11)]
    public TimeSpan Elapsed { get; init; }

    /// <summary>Estimate of the time left; null before there is one.</summary>
    [Id(12)]
    public TimeSpan? Left { get; init; }

    /// <summary>What is going on when it is not rounds, such as <c>opening cifar10</c> or <c>evaluating</c>; empty otherwise.</summary>
    [Id(13)]
    public string Activity { get; init; } = "";

    /// <summary>Every trainer of the run.</summary>
    [Id(14)]
    public ImmutableArray<TrainerStatus> Trainers { get; init; } = [];
}
