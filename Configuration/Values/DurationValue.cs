using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A length of time: <c>500ms</c>, <c>60s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
internal sealed partial record DurationValue() : SettingValue("a duration such as 60s, 10m or 1h30m")
{
    private const string Form = @"^-?([0-9]+(\.[0-9]+)?\s*(ms|s|min|m|h|d)\s*)+$";

    /// <summary>Shortest; null for anything above nothing.</summary>
    public TimeSpan? Min { get; init; }

    /// <summary>Longest.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromDays(365);

    /// <summary>The one reading of durations in flags, files and options; null for a text that is none. More than can be told is the longest.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (!Whole().IsMatch(text))
            return null;
        var seconds = Part()
            .Matches(text)
            .Sum(part =>
                double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                * part.Groups[2].Value switch
                {
                    "ms" => 0.001,
                    "s" => 1,
                    "m" or "min" => 60,
                    "h" => 3600,
                    _ => 86400,
                }
            );
        var time =
            seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        return text[0] == '-' ? -time : time;
    }

    /// <summary>A duration in the largest unit that says it in whole numbers: <c>50ms</c>, <c>90s</c>, <c>2h</c>.</summary>
    public static string Text(TimeSpan time) =>
        (time.Ticks, time.TotalMilliseconds, time.TotalSeconds) switch
        {
            (0, _, _) => "0s",
            var (ticks, _, _) when ticks % TimeSpan.TicksPerDay == 0 => $"{time.Days}d",
            var (ticks, _, _) when ticks % TimeSpan.TicksPerHour == 0 => $"{(long)time.TotalHours}h",
            var (ticks, _, _) when ticks % TimeSpan.TicksPerMinute == 0 => $"{(long)time.TotalMinutes}m",
            var (ticks, _, seconds) when ticks % TimeSpan.TicksPerSecond == 0 => $"{(long)seconds}s",
            var (_, milliseconds, _) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:R}ms"),
        };

    /// <summary>Reads what .NET writes too, such as <c>00:00:05</c>: options of a silo were written so.</summary>
    /// <remarks>Not without a colon: <c>5</c> would be five days.</remarks>
    public override Refusal? ReadText(string text, out object? value) =>
        text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? Check(time, text, out value)
            : base.ReadText(text, out value);

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Text: var text } || Parse(text) is not { } time)
            return Wrong(
                Show(node),
                node is ScalarNode s && NumberMeant.Of(s.Text, whole: false) is { } number
                    ? $"{number}s"
                    : null
            );
        return Check(time, text, out value);
    }

    private Refusal? Check(TimeSpan time, string text, out object? value)
    {
        value = null;
        if (Min is { } min ? time < min || time > Max : time <= TimeSpan.Zero || time > Max)
            return new("MM1004", $"must be {Range}, got {text}", Example);
        value = time;
        return null;
    }

    private string Range
    {
        get
        {
            var max = Max == TimeSpan.FromDays(365) ? "a year" : Text(Max);
            return Min is { } min ? $"{Text(min)} to {max}" : $"above 0 and at most {max}";
        }
    }

    public override string Write(object? value) =>
        value is TimeSpan time ? $"{time.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)}s" : "null";

    protected override JsonObject Describe() => new() { ["type"] = "string", ["pattern"] = Form };

    [GeneratedRegex(Form, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|min|m|h|d)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
