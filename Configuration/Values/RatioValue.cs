using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Largest : smallest class, 1 or more; knows the inverse that published code uses.</summary>
internal sealed record RatioValue() : SettingValue("a number")
{
    private static readonly NumberValue Range = new(1) { Example = "100" };

    protected override Refusal? Interpret(Node node, out object? value)
    {
        var refusal = Range.Read(node, out value);
        return refusal?.Code == "MM1004" && Plain(node) is > 0 and < 1 and { } factor
            ? refusal with
            {
                Fix =
                    $"the ratio is largest class : smallest class; for an imbalance factor of {factor} write {{0}}{Math.Round(1 / factor, 6)}",
            }
            : refusal;
    }

    protected override JsonObject Describe() => new() { ["type"] = "number", ["minimum"] = 1 };
}
