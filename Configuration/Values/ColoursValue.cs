using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Three numbers, one for each colour.</summary>
internal sealed record ColoursValue() : SettingValue("a list of three numbers")
{
    /// <summary>They divide: 0 and less are refused.</summary>
    public bool AboveZero { get; init; }

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ListNode { Items: { Count: 3 } items })
            return Wrong(node is ListNode { Items.Count: var count } ? $"a list of {count}" : Show(node));
        List<double> numbers = [];
        foreach (var item in items)
        {
            if (Plain(item) is not { } number)
                return Wrong($"{Show(item)} in it");
            if (AboveZero && number <= 0)
                return new(
                    "MM1004",
                    $"must have numbers above 0, for they divide, got {((ScalarNode)item).Text}",
                    Example
                );
            numbers.Add(number);
        }

        value = numbers;
        return null;
    }

    protected override JsonObject Describe() =>
        new()
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "number" },
            ["minItems"] = 3,
            ["maxItems"] = 3,
        };
}
