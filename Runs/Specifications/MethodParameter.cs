namespace MMOrleans.Runs.Specifications;

/// <summary>A number of one loss or objective: a key <c>method.NAME</c> and an entry of <see cref="MethodSpecification.Parameters"/>.</summary>
/// <param name="Name">snake_case, unique among all losses and objectives.</param>
/// <param name="Value">What it is when nothing is said, and in documents from before it existed.</param>
/// <param name="Least">Smallest allowed value.</param>
/// <param name="Most">Largest allowed value.</param>
/// <param name="Words">What it does, with its symbol in the source.</param>
public sealed record MethodParameter(string Name, double Value, double Least, double Most, string Words)
{
    /// <summary>
    /// Whether a document leaves it out while it has <see cref="Value"/>: it is younger than documents without it, which keep their hash.
    /// </summary>
    public bool IsLeftOutAtItsValue { get; init; }

    /// <summary>The value in a method.</summary>
    public double Of(MethodSpecification method) =>
        method.Parameters is { } given && given.TryGetValue(Name, out var value) ? value : Value;
}
