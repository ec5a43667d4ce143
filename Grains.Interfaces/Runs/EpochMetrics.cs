namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>One epoch's numbers: a function of the specification, but for the timings.</summary>
[GenerateSerializer, Immutable, Alias("mm.EpochMetrics")]
public sealed record EpochMetrics
{
    /// <summary>Completed epochs: 1 after the first.</summary>
    [Id(0)]
    public required int Epoch { get; init; }

    /// <summary>Rounds completed so far.</summary>
    [Id(1)]
    public required long Round { get; init; }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</summary>
    [Id(2)]
    public required string Phase { get; init; }

    /// <summary>Learning rate of the epoch.</summary>
    [Id(3)]
    public required double LearningRate { get; init; }

    /// <summary>Training loss: Σ w·ℓ / Σ w over the epoch, ℓ the method's own loss, w the class weights.</summary>
    [Id(4)]
    public required double TrainLoss { get; init; }

    /// <summary>Share of training images classified rightly while training, in [0, 1]; in pre-training by how they were turned.</summary>
    [Id(5)]
    public required double TrainAccuracy { get; init; }

    /// <summary>Mean of the method's own loss on the test set, without class weights: comparable between epochs of one method only. Null when this epoch was not evaluated.</summary>
    [Id(6)]
    public double? TestLoss { get; init; }

    /// <summary>Top-1 accuracy on the test set, in [0, 1].</summary>
    [Id(7)]
    public double? Accuracy { get; init; }

    /// <summary>Top-5 accuracy on the test set, in [0, 1].</summary>
    [Id(8)]
    public double? Top5 { get; init; }

    /// <summary>Mean accuracy of the classes with many training images.</summary>
    [Id(9)]
    public double? Many { get; init; }

    /// <summary>The same for the middle group.</summary>
    [Id(10)]
    public double? Medium { get; init; }

    /// <summary>The same for the rarest group.</summary>
    [Id(11)]
    public double? Few { get; init; }

    /// <summary>Accuracy by class, in class order, NaN for a class without test images; empty when not evaluated.</summary>
    [Id(12)]
    public ImmutableArray<double> PerClass { get; init; } = [];

    /// <summary>Images by (true, predicted) class, row-major; empty when not evaluated.</summary>
    [Id(13)]
    public ImmutableArray<long> Confusion { get; init; } = [];

    /// <summary>Euclidean norm of the epoch's last averaged gradient; 0 where rounds average parameters.</summary>
    [Id(14)]
    public double GradientNorm { get; init; }

    /// <summary>Training images that contributed.</summary>
    [Id(15)]
    public long Images { get; init; }

    /// <summary>Wrapping sum of hash(sample, draw) over what the data shards returned.</summary>
    [Id(16)]
    public ulong SampleSum { get; init; }

    /// <summary>Seconds the epoch took, evaluation included.</summary>
    [Id(17)]
    public double Seconds { get; init; }

    /// <summary>Training images per second.</summary>
    [Id(18)]
    public double ImagesPerSecond { get; init; }

    /// <summary>Euclidean norm of the parameters after the epoch; 0 where it was not kept.</summary>
    [Id(19)]
    public double WeightNorm { get; init; }

    /// <summary>Mean of −log p of the true class on the test set; null when not evaluated.</summary>
    [Id(20)]
    public double? Nll { get; init; }

    /// <summary>Expected calibration error on the test set, in [0, 1]; null when not evaluated.</summary>
    [Id(21)]
    public ShotNumbers? Ece { get; init; }

    /// <summary>Median margin on the test set, true logit minus the best other; null when not evaluated.</summary>
    [Id(22)]
    public ShotNumbers? MarginMedian { get; init; }

    /// <summary>Mean accuracy of the classes on the test set; null when not evaluated.</summary>
    [Id(23)]
    public double? BalancedAccuracy { get; init; }

    /// <summary>Mean F1 of the classes on the test set; null when not evaluated.</summary>
    [Id(24)]
    public double? MacroF1 { get; init; }

    /// <summary>Geometric mean of the classes' accuracies on the test set; null when not evaluated.</summary>
    [Id(25)]
    public double? GeometricMean { get; init; }

    /// <summary>All test images by confidence; null when not evaluated.</summary>
    [Id(26)]
    public CalibrationBins? Calibration { get; init; }

    /// <summary>Test images by margin; null when not evaluated.</summary>
    [Id(27)]
    public MarginCounts? Margins { get; init; }

    /// <summary>Where the time of the trainer went that reports the epoch.</summary>
    [Id(28)]
    public EpochSeconds? Stages { get; init; }
}
