using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Epochs;

/// <summary>One epoch's numbers: a function of the specification, but for the durations. Files, REST and the wire carry this record.</summary>
/// <remarks>The metrics are those of <see cref="MetricTable"/>. A property stands here for one that code reads; any other is read by its name.</remarks>
[JsonConverter(typeof(EpochResultJson))]
public sealed record EpochResult
{
    // By place in the table; never altered once it is here.
    private readonly double?[] _values = new double?[MetricTable.All.Count];

    /// <summary>One without metrics.</summary>
    public EpochResult() { }

    [SetsRequiredMembers]
    private EpochResult(EpochResult original, double?[] values)
        : this(original) => _values = values;

    [SetsRequiredMembers]
    private EpochResult(string phase, double?[] values) => (Phase, _values) = (phase, values);

    /// <summary>Completed epochs: 1 after the first.</summary>
    public required int Epoch
    {
        get => (int)Number("epoch");
        init => _values = Replaced("epoch", value);
    }

    /// <summary>Completed rounds.</summary>
    public required long Round
    {
        get => (long)Number("round");
        init => _values = Replaced("round", value);
    }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Wrapping sum of hash(sample, draw) over what the data shards returned.</summary>
    public ulong SampleSum { get; init; }

    /// <summary>What the evaluation counted; null when there was none, and where a file keeps the metrics alone.</summary>
    public EvaluationCounts? Counts { get; init; }

    /// <summary>Learning rate of the epoch.</summary>
    public required double LearningRate
    {
        get => Number("lr");
        init => _values = Replaced("lr", value);
    }

    /// <summary>Training loss: Σ w·ℓ / Σ w over the epoch, ℓ the method's own loss, w the class weights.</summary>
    public required double TrainLoss
    {
        get => Number("train_loss");
        init => _values = Replaced("train_loss", value);
    }

    /// <summary>Share of training images classified rightly while training, in [0, 1]; in pre-training by how they were turned.</summary>
    public required double TrainAccuracy
    {
        get => Number("train_accuracy");
        init => _values = Replaced("train_accuracy", value);
    }

    /// <summary>Training images that contributed.</summary>
    public long Images
    {
        get => (long)(this["images"] ?? 0);
        init => _values = Replaced("images", value);
    }

    /// <summary>Seconds the epoch took, evaluation included.</summary>
    public double Seconds
    {
        get => this["seconds"] ?? 0;
        init => _values = Replaced("seconds", value);
    }

    /// <summary>Training images per second.</summary>
    public double ImagesPerSecond
    {
        get => this["images_per_second"] ?? 0;
        init => _values = Replaced("images_per_second", value);
    }

    /// <summary>Mean of the method's own loss on the test set, without class weights: comparable between epochs of one method only. Null when this epoch was not evaluated.</summary>
    public double? TestLoss => this["test_loss"];

    /// <summary>Top-1 accuracy on the test set, in [0, 1]; null when this epoch was not evaluated.</summary>
    public double? Accuracy => this["accuracy"];

    /// <summary>Mean accuracy of the classes with many training images; null without such classes too.</summary>
    public double? Many => this["many"];

    /// <summary>The same for the middle group.</summary>
    public double? Medium => this["medium"];

    /// <summary>The same for the rarest group.</summary>
    public double? Few => this["few"];

    /// <summary>The value of a metric; null when it was not measured.</summary>
    /// <param name="metric">Its name in the table.</param>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    public double? this[string metric] => this[Known(metric)];

    /// <summary>The value of a metric; null when it was not measured.</summary>
    public double? this[Metric metric] => _values[metric.Index];

    /// <summary>The same epoch with another value of a metric.</summary>
    /// <param name="metric">Its name in the table.</param>
    /// <param name="value">Null for not measured.</param>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    public EpochResult With(string metric, double? value) => new(this, Replaced(metric, value));

    /// <summary>The same epoch with what an evaluation says.</summary>
    /// <param name="evaluation">Of the test images.</param>
    /// <param name="groups">Shot groups.</param>
    public EpochResult With(Evaluation evaluation, ShotGroups groups)
    {
        var values = _values.ToArray();
        foreach (var metric in MetricTable.OfTest)
            values[metric.Index] = metric.Of(evaluation, groups);
        return new(this, values) { Counts = EvaluationCounts.Of(Epoch, evaluation, groups) };
    }

    /// <summary>What files keep of it: neither counts nor what is for gauges alone.</summary>
    public EpochResult Kept() =>
        new(this, [.. MetricTable.All.Select(metric => metric.IsKept ? this[metric] : null)])
        {
            Counts = null,
        };

    /// <summary>Whether two results agree in everything that files keep and the specification determines; durations may differ.</summary>
    public bool SameNumbersAs(EpochResult other) =>
        (Phase, SampleSum) == (other.Phase, other.SampleSum)
        && MetricTable
            .All.Where(metric =>
                metric is { IsKept: true, Kind: not (MetricKind.Seconds or MetricKind.Rate) }
            )
            .All(metric => Equals(this[metric], other[metric]));

    /// <summary>As it was read.</summary>
    /// <param name="phase">Its phase.</param>
    /// <param name="sampleSum">Its sum of samples.</param>
    /// <param name="values">By place in the table; not altered from now on.</param>
    /// <param name="counts">Null for none.</param>
    /// <returns>Null where it lacks its number, its round or its phase.</returns>
    internal static EpochResult? Of(
        string? phase,
        ulong sampleSum,
        double?[] values,
        EvaluationCounts? counts = null
    )
    {
        if (phase is null)
            return null;
        var read = new EpochResult(phase, values) { SampleSum = sampleSum, Counts = counts };
        return read["epoch"] is null || read["round"] is null ? null : read;
    }

    /// <inheritdoc/>
    public bool Equals(EpochResult? other) =>
        other is not null
        && (Phase, SampleSum) == (other.Phase, other.SampleSum)
        && Equals(Counts, other.Counts)
        && Enumerable.SequenceEqual(_values, other._values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, Round, Phase, SampleSum);

    private static Metric Known(string name) =>
        MetricTable.Find(name) ?? throw new ArgumentException($"There is no metric '{name}'.", nameof(name));

    private double Number(string name) => this[name] ?? double.NaN;

    private double?[] Replaced(string name, double? value)
    {
        var values = _values.ToArray();
        values[Known(name).Index] = value;
        return values;
    }
}
