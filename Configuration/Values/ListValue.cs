using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A list of whole numbers, each <paramref name="Min"/> or more.</summary>
internal sealed record ListValue(long Min) : SettingValue("a list of whole numbers")
{
    /// <summary>A number below the one before it is refused.</summary>
    public bool Ascending { get; init; }

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ListNode list)
            return Wrong(Show(node));
        var one = new IntegerValue(Min, int.MaxValue);
        var numbers = new List<int>();
        foreach (var item in list.Items)
        {
            if (one.Read(item, out var number) is { } refusal)
                return refusal with { Fix = Example };
            numbers.Add((int)(long)number!);
        }

        if (Ascending && numbers.Zip(numbers.Skip(1)).Any(pair => pair.First > pair.Second))
            return new(
                "MM1004",
                $"must be in ascending order, got [{string.Join(", ", numbers)}]",
                $"[{string.Join(", ", numbers.Order())}]"
            );
        value = numbers;
        return null;
    }

    public override string Write(object? value) =>
        value is IReadOnlyList<int> numbers ? $"[{string.Join(", ", numbers)}]" : base.Write(value);

    protected override JsonObject Describe() =>
        new()
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = Min },
        };
}
