using System.Globalization;
using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A number from <paramref name="Min"/> to <paramref name="Max"/>, which is infinity where there is no end.</summary>
internal sealed record NumberValue(double Min, double Max = double.PositiveInfinity)
    : SettingValue("a number")
{
    /// <summary><see cref="Min"/> itself is out of range.</summary>
    public bool AboveMin { get; init; }

    /// <summary><see cref="Max"/> itself is out of range.</summary>
    public bool BelowMax { get; init; }

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (Plain(node) is not { } number)
            return Wrong(Show(node), Meant(node, whole: false));
        if (number < Min || number > Max || (AboveMin && number == Min) || (BelowMax && number == Max))
            return new("MM1004", $"must be {Range}, got {((ScalarNode)node).Text}", Example);
        value = number;
        return null;
    }

    private string Range
    {
        get
        {
            var (min, max) = (Text(Min), Text(Max));
            return (AboveMin, BelowMax) switch
            {
                (true, _) when double.IsInfinity(Max) => $"above {min}",
                (false, _) when double.IsInfinity(Max) => $"{min} or more",
                (true, true) => $"between {min} and {max}",
                (true, false) => $"above {min} and at most {max}",
                (false, true) => $"at least {min} and below {max}",
                (false, false) => $"from {min} to {max}",
            };
        }
    }

    protected override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "number" };
        schema[AboveMin ? "exclusiveMinimum" : "minimum"] = Min;
        if (double.IsFinite(Max))
            schema[BelowMax ? "exclusiveMaximum" : "maximum"] = Max;
        return schema;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
