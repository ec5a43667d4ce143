namespace MMOrleans.Configuration.Keys;

/// <summary>When a key counts: elsewhere it is not part of the record and of <c>run.yaml</c>, and setting it is refused.</summary>
/// <param name="When">Whether the run uses it.</param>
/// <param name="Against">What it contradicts where it is not used, such as <c>imbalance.kind none</c>.</param>
/// <param name="Fix">What to do then.</param>
internal sealed record Use(Func<Resolution, bool> When, Func<Resolution, string> Against, string Fix)
{
    /// <summary>A value that says nothing, and may stand anywhere.</summary>
    public Func<object?, bool> IsHarmless { get; init; } = _ => false;
}
