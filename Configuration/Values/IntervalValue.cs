using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>How often: every so many epochs or rounds, or so much time.</summary>
/// <param name="Count">Epochs or rounds; 0 for a time.</param>
/// <param name="Unit"><c>epoch</c>, <c>round</c> or <c>time</c>.</param>
/// <param name="Time">Only with the unit time.</param>
internal sealed record Interval(int Count, string Unit, TimeSpan Time);

/// <summary>Reads an <see cref="Interval"/>.</summary>
internal sealed record IntervalValue : SettingValue
{
    public IntervalValue(bool epochsOnly)
        : base(
            epochsOnly
                ? "an interval such as '1 epoch'"
                : "an interval such as '1 epoch', '500 rounds' or '10 min'"
        ) => (EpochsOnly, Example) = (epochsOnly, "1 epoch");

    /// <summary>Rounds and times are refused.</summary>
    public bool EpochsOnly { get; }

    private const string Form = @"^([1-9][0-9]{0,8})\s*(epochs?|rounds?|s|min|m|h)$";

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (
            node is not ScalarNode { Text: var text }
            || Regex.Match(text, Form) is not { Success: true } match
        )
            return Wrong(Show(node), node is ScalarNode s && Plain(s) is >= 1 ? $"{s.Text} epochs" : null);
        var count = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Interval interval = match.Groups[2].Value switch
        {
            "epoch" or "epochs" => new(count, "epoch", default),
            "round" or "rounds" => new(count, "round", default),
            "s" => new(0, "time", TimeSpan.FromSeconds(count)),
            "h" => new(0, "time", TimeSpan.FromHours(count)),
            _ => new(0, "time", TimeSpan.FromMinutes(count)),
        };
        if (EpochsOnly && interval.Unit != "epoch")
            return new("MM1004", $"must be in epochs, got '{text}'", "1 epoch");
        value = interval;
        return null;
    }

    public override string Write(object? value) =>
        value switch
        {
            Interval { Unit: "time" } i => $"{i.Time.TotalSeconds:0} s",
            Interval i => $"{i.Count} {i.Unit}{(i.Count == 1 ? "" : "s")}",
            _ => "null",
        };

    protected override JsonObject Describe() => new() { ["type"] = "string", ["pattern"] = Form };
}
