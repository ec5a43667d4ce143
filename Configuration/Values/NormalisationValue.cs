using System.Globalization;
using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Per-channel mean and deviation, or a word for them.</summary>
/// <param name="Word"><c>dataset</c> or <c>none</c>; null when numbers are given.</param>
/// <param name="Mean">Three numbers.</param>
/// <param name="Deviation">Three numbers above 0.</param>
internal sealed record Normalisation(
    string? Word,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> Deviation
);

/// <summary>Reads a <see cref="Normalisation"/>.</summary>
internal sealed record NormalisationValue()
    : MappingValue(
        "dataset, none or {mean: [r, g, b], std: [r, g, b]}",
        "dataset",
        ("mean", new ColoursValue { Example = "[0.49, 0.48, 0.45]" }),
        ("std", new ColoursValue { AboveZero = true, Example = "[0.25, 0.24, 0.26]" })
    )
{
    public override IEnumerable<string> Completions => ["dataset", "none"];

    protected override Refusal? InPlace(Node node, out object? value)
    {
        value = node is ScalarNode { Text: "dataset" or "none" } word
            ? new Normalisation(word.Text, [], [])
            : null;
        return value is null ? Wrong(Show(node)) : null;
    }

    protected override Refusal? Combine(IReadOnlyList<object> values, out object? value)
    {
        value = new Normalisation(null, (IReadOnlyList<double>)values[0], (IReadOnlyList<double>)values[1]);
        return null;
    }

    public override string Write(object? value) =>
        value is Normalisation { Word: null } n
            ? $"{{mean: [{Join(n.Mean)}], std: [{Join(n.Deviation)}]}}"
            : ((Normalisation)value!).Word!;

    private static string Join(IReadOnlyList<double> numbers) =>
        string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    protected override JsonObject DescribeInPlace() => new() { ["enum"] = new JsonArray("dataset", "none") };
}
