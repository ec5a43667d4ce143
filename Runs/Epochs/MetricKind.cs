namespace MMOrleans.Runs.Epochs;

/// <summary>What a metric's number is, and so how it is written for people.</summary>
public enum MetricKind
{
    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A share in [0, 1], shown in percent.</summary>
    Share,

    /// <summary>A number without bounds.</summary>
    Number,

    /// <summary>A Euclidean norm; 0 where it was not kept.</summary>
    Norm,

    /// <summary>A duration.</summary>
    Seconds,

    /// <summary>So many a second.</summary>
    Rate,
}

/// <summary>Which of two values of a metric is the better one.</summary>
public enum Better
{
    /// <summary>The greater.</summary>
    Higher,

    /// <summary>The smaller.</summary>
    Lower,
}

/// <summary>Between which runs a metric's difference means something.</summary>
public enum ComparableWithin
{
    /// <summary>Any two.</summary>
    AllRuns,

    /// <summary>Those of one loss, which is measured by its own yardstick.</summary>
    OneLoss,

    /// <summary>Those of one kind of classifier, whose logits have its scale.</summary>
    OneHead,
}
