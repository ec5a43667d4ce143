using System.Globalization;
using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Shot groups: auto, thirds, or the two thresholds.</summary>
internal sealed record ShotGroupsValue()
    : MappingValue(
        "thirds or {many: 100, few: 20}",
        "auto",
        ("many", One),
        ("few", One with { Example = "20" })
    )
{
    private static readonly IntegerValue One = new(0, int.MaxValue) { Example = "100" };

    public override IEnumerable<string> Completions => ["auto", "thirds"];

    protected override Refusal? InPlace(Node node, out object? value)
    {
        value = node is ScalarNode { Text: "thirds" } ? "thirds" : null;
        return value is null ? Wrong(Show(node)) : null;
    }

    protected override Refusal? Combine(IReadOnlyList<object> values, out object? value)
    {
        var (many, few) = ((long)values[0], (long)values[1]);
        value = string.Create(CultureInfo.InvariantCulture, $"{many},{few}");
        return few <= many
            ? null
            : new(
                "MM1004",
                $"must have few at most many, got {few} and {many}",
                $"{{many: {few}, few: {many}}}"
            );
    }

    public override string Write(object? value) =>
        value is string text && text.Split(',') is [var many, var few]
            ? $"{{many: {many}, few: {few}}}"
            : (string)value!;

    protected override JsonObject DescribeInPlace() => new() { ["const"] = "thirds" };
}
