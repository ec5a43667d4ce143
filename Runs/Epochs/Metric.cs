using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Epochs;

/// <summary>One number of an epoch: how it is computed, and what it is called wherever it is shown.</summary>
public sealed record Metric
{
    private readonly Func<Evaluation, ShotGroups, double?>? _of;

    /// <summary>One that trainers measure.</summary>
    /// <param name="name">Column of <c>metrics.csv</c>, and name of the series in REST.</param>
    /// <param name="kind">What the number is.</param>
    /// <param name="description">A phrase, without capital and full stop.</param>
    public Metric(string name, MetricKind kind, string description) =>
        (Name, Key, Kind, Description) = (name, name, kind, description);

    /// <summary>One of the test images.</summary>
    /// <param name="name">Column of <c>metrics.csv</c>, and name of the series in REST.</param>
    /// <param name="of">Computes it; null where it is not defined.</param>
    /// <param name="kind">What the number is.</param>
    /// <param name="description">A phrase, without capital and full stop.</param>
    public Metric(string name, Func<Evaluation, double?> of, MetricKind kind, string description)
        : this(name, (evaluation, _) => of(evaluation), kind, description) { }

    /// <inheritdoc cref="Metric(string, Func{Evaluation, double?}, MetricKind, string)"/>
    public Metric(string name, Func<Evaluation, ShotGroups, double?> of, MetricKind kind, string description)
        : this(name, kind, description) => _of = of;

    /// <summary>Column of <c>metrics.csv</c>, and name of the series in REST.</summary>
    public string Name { get; }

    /// <summary>Key in <c>run.json</c>. Default: the name.</summary>
    public string Key { get; init; }

    /// <summary>Name in <c>--json</c>, <c>mm compare</c> and reports. Default: the key.</summary>
    public string Shown
    {
        get => field ?? Key;
        init;
    }

    /// <summary>What the number is.</summary>
    public MetricKind Kind { get; }

    /// <summary>A phrase, without capital and full stop.</summary>
    public string Description { get; }

    /// <summary>Whether it is computed from the test images, rather than measured in training.</summary>
    public bool IsOfTest => _of is not null;

    /// <summary>Which value is the better one. Default: the greater.</summary>
    public Better Better { get; init; } = Better.Higher;

    /// <summary>Whether <c>checkpoint.keep_best</c> may go by it.</summary>
    public bool CanBeBest { get; init; }

    /// <summary>Between which runs a difference means something. Default: any two.</summary>
    public ComparableWithin ComparableWithin { get; init; }

    /// <summary>Gauge of a live run; null for none.</summary>
    public MetricGauge? Gauge { get; init; }

    /// <summary>What the gauge's instrument shows, a sentence; empty where there is no gauge.</summary>
    public string GaugeDescription =>
        Gauge is null
            ? ""
            : Gauge.Description ?? $"{char.ToUpperInvariant(Description[0])}{Description[1..]}.";

    /// <summary>Tag of its curve in TensorBoard; null for none.</summary>
    public string? TensorBoard { get; init; }

    /// <summary>Whether the line of an epoch in <c>--json</c> has it. Default: true.</summary>
    public bool IsInEvents { get; init; } = true;

    /// <summary>Whether files keep it; a gauge may show what no file does. Default: true.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>Place among the metrics of an evaluation that people are shown: lower first, equals as in the table. Default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Place in the table: where an epoch keeps its value.</summary>
    internal int Index { get; init; }

    /// <summary>Computes it.</summary>
    /// <returns>Null where it is not defined, and for a metric that is not of the test images.</returns>
    public double? Of(Evaluation evaluation, ShotGroups groups) => _of?.Invoke(evaluation, groups);
}
