namespace MMOrleans.Runs.Epochs;

/// <summary>The gauge of a live run that shows a metric.</summary>
/// <param name="Name">Its name after <c>mmorleans.run.</c>; metrics with the same name share an instrument.</param>
/// <param name="Description">What the instrument shows, a sentence; null: the metric's own description.</param>
/// <param name="Attribute">Attribute that tells the metrics of one instrument apart, after <c>mmorleans.</c>; null where there is one metric.</param>
/// <param name="Value">The attribute's value.</param>
public sealed record MetricGauge(
    string Name,
    string? Description = null,
    string? Attribute = null,
    string? Value = null
);
