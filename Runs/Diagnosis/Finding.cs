namespace MMOrleans.Runs.Diagnosis;

/// <summary>One thing that happened to a run, as a person wants to be told of it.</summary>
/// <param name="Kind">For programs, such as <c>trainer_lost</c>.</param>
/// <param name="Sentence">What happened, to whom and when.</param>
public sealed record Finding(string Kind, string Sentence)
{
    /// <summary>When, UTC; null for what has no moment.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The trainer that it is about; null when it is about none.</summary>
    public string? Trainer { get; init; }

    /// <summary>Of the error catalogue; null when it has none.</summary>
    public string? Code { get; init; }

    /// <summary>What is known of it, in the order of telling.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The command to type now; null when there is nothing to do.</summary>
    public string? Next { get; init; }
}

/// <summary>One line of evidence.</summary>
/// <param name="Label">A word or two, such as <c>noticed</c>.</param>
/// <param name="Text">What is known.</param>
public sealed record Evidence(string Label, string Text);
