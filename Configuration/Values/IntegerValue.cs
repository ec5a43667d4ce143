using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A whole number from <paramref name="Min"/> to <paramref name="Max"/>.</summary>
internal sealed record IntegerValue(long Min, long Max) : SettingValue("a whole number")
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Quoted: false } s || !Regex.IsMatch(s.Text, "^[+-]?(0|[1-9][0-9]*)$"))
            return Wrong(Show(node), Meant(node, whole: true));
        if (
            !long.TryParse(s.Text, CultureInfo.InvariantCulture, out var number)
            || number < Min
            || number > Max
        )
            return new(
                "MM1004",
                Max >= int.MaxValue
                    ? $"must be {Min} or more, got {s.Text}"
                    : $"must be {Min} to {Max}, got {s.Text}",
                Example
            );
        value = number;
        return null;
    }

    protected override JsonObject Describe() =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = Min,
            ["maximum"] = Max,
        };
}
