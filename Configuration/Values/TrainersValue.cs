using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>How many trainers.</summary>
/// <param name="Min">Fewest to start with.</param>
/// <param name="Max">Most to use.</param>
internal sealed record TrainerRange(int Min, int Max);

/// <summary>Reads a <see cref="TrainerRange"/>.</summary>
internal sealed record TrainersValue()
    : MappingValue(
        "a whole number or {min: 2, max: 8}",
        "2",
        ("min", One),
        ("max", One with { Example = "8" })
    )
{
    private static readonly IntegerValue One = new(1, 1024) { Example = "2" };

    protected override Refusal? InPlace(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode)
            return Wrong(Show(node));
        if (One.Read(node, out var count) is { } refusal)
            return refusal.Code == "MM1002" ? Wrong(Show(node), refusal.Fix) : refusal;
        value = new TrainerRange((int)(long)count!, (int)(long)count!);
        return null;
    }

    protected override Refusal? Combine(IReadOnlyList<object> values, out object? value)
    {
        var (least, most) = ((int)(long)values[0], (int)(long)values[1]);
        value = new TrainerRange(least, most);
        return least <= most
            ? null
            : new(
                "MM1004",
                $"must have min at most max, got {least} and {most}",
                $"{{min: {most}, max: {least}}}"
            );
    }

    public override string Write(object? value) =>
        value is TrainerRange range
            ? range.Min == range.Max
                ? $"{range.Min}"
                : $"{{min: {range.Min}, max: {range.Max}}}"
            : base.Write(value);

    protected override JsonObject DescribeInPlace() => new() { ["type"] = "integer", ["minimum"] = 1 };
}
