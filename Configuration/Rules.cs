using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MMOrleans.Configuration;

/// <summary>Why a value is refused.</summary>
/// <param name="Code">MM1002, MM1004 or MM1007.</param>
/// <param name="Text">Goes on after the key: <c>wants a whole number, got 'many'</c>.</param>
/// <param name="Fix">A value that would do, or a sentence.</param>
internal sealed record Refusal(string Code, string Text, string Fix)
{
    /// <summary>Where in the value it is; null for the whole of it.</summary>
    public Place? At { get; init; }

    /// <summary>The key below the value that it is about, such as <c>.min</c>.</summary>
    public string Below { get; init; } = "";
}

/// <summary>What a key's value may be: reads it, writes it, and describes it to people and to the schema.</summary>
/// <param name="Wants">Such as <c>a whole number</c>.</param>
/// <param name="Example">A value as it is typed.</param>
internal abstract record Rule(string Wants, string Example)
{
    /// <summary>The word <c>auto</c> is a value.</summary>
    public bool Auto { get; init; }

    /// <summary><c>null</c> is a value.</summary>
    public bool Nullable { get; init; }

    public Refusal? Read(Node node, out object? value)
    {
        value = null;
        if (node is ScalarNode { IsNull: true })
            return Nullable || this is NothingRule ? null : Wrong("nothing");
        if (Auto && node is ScalarNode { Text: "auto" })
        {
            value = "auto";
            return null;
        }

        return Interpret(node, out value);
    }

    public virtual string Write(object? value) =>
        value switch
        {
            null => "null",
            bool truth => truth ? "true" : "false",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            string text => text == "auto" && Auto ? text : Quote(text),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    /// <summary>JSON Schema of the values, without auto and null.</summary>
    protected abstract JsonObject Describe();

    public JsonObject Schema()
    {
        var own = Describe();
        if (!Auto && !Nullable)
            return own;
        var any = new JsonArray(own);
        if (Auto)
            any.Add(new JsonObject { ["const"] = "auto" });
        if (Nullable)
            any.Add(new JsonObject { ["type"] = "null" });
        return new() { ["anyOf"] = any };
    }

    /// <summary>Values worth offering to a shell.</summary>
    public virtual IEnumerable<string> Completions => Auto ? ["auto"] : [];

    protected abstract Refusal? Interpret(Node node, out object? value);

    protected Refusal Wrong(string got, string? fix = null) =>
        new("MM1002", $"wants {Wants}{(Auto ? " or auto" : "")}, got {got}", fix ?? Example);

    protected static string Show(Node node) =>
        node switch
        {
            ScalarNode { Quoted: true } s => $"the text \"{s.Text}\"",
            ScalarNode s => $"'{s.Text}'",
            ListNode => "a list",
            _ => "a mapping",
        };

    internal static string Quote(string text) =>
        Regex.IsMatch(text, "^[A-Za-z./_][A-Za-z0-9._/@-]*$")
        && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? text
            : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>A plain number that every YAML reader takes for the same; null otherwise.</summary>
    protected static double? Plain(Node node) =>
        node is ScalarNode { Quoted: false } s
        && Regex.IsMatch(
            s.Text,
            @"^[+-]?(0|[1-9][0-9]*|(0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.)([eE][+-]?[0-9]+)?$"
        )
        && double.TryParse(s.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    /// <summary>The number that was probably meant, with the reason where YAML readers disagree on what was written.</summary>
    protected static string? Meant(Node node, bool whole) =>
        node is ScalarNode { Text: var text } && NumberMeant.Of(text, whole) is { } number
            ? Regex.IsMatch(text, "^[+-]?[0-9_]+$") && node is ScalarNode { Quoted: false }
                ? $"{number} (YAML readers disagree on {text})"
                : number
            : null;
}

/// <summary>A whole number of a range.</summary>
internal sealed record IntegerRule(long Least, long Most, string Example) : Rule("a whole number", Example)
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Quoted: false } s || !Regex.IsMatch(s.Text, "^[+-]?(0|[1-9][0-9]*)$"))
            return Wrong(Show(node), Meant(node, whole: true));
        if (
            !long.TryParse(s.Text, CultureInfo.InvariantCulture, out var number)
            || number < Least
            || number > Most
        )
            return new(
                "MM1004",
                Most >= int.MaxValue
                    ? $"must be {Least} or more, got {s.Text}"
                    : $"must be {Least} to {Most}, got {s.Text}",
                Example
            );
        value = number;
        return null;
    }

    protected override JsonObject Describe() =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = Least,
            ["maximum"] = Most,
        };
}

/// <summary>A number of a range.</summary>
internal sealed record NumberRule(double Least, double Most, string Range, string Example)
    : Rule("a number", Example)
{
    public bool AboveLeast { get; init; }

    public bool BelowMost { get; init; }

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (Plain(node) is not { } number)
            return Wrong(Show(node), Meant(node, whole: false));
        if (
            number < Least
            || number > Most
            || (AboveLeast && number == Least)
            || (BelowMost && number == Most)
        )
            return new("MM1004", $"must be {Range}, got {((ScalarNode)node).Text}", Example);
        value = number;
        return null;
    }

    protected override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "number" };
        schema[AboveLeast ? "exclusiveMinimum" : "minimum"] = Least;
        if (Most < double.MaxValue)
            schema[BelowMost ? "exclusiveMaximum" : "maximum"] = Most;
        return schema;
    }
}

/// <summary>Largest : smallest class; knows the inverse that published code uses.</summary>
internal sealed record RatioRule() : Rule("a number", "100")
{
    private static readonly NumberRule Range = new(1, 1e6, "1 or more", "100");

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

/// <summary>true or false, and no other word for them.</summary>
internal sealed record BooleanRule() : Rule("true or false", "true")
{
    public override IEnumerable<string> Completions => ["true", "false"];

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Quoted: false, Text: "true" or "false" } s)
            return Wrong(
                Show(node),
                node is not ScalarNode word ? null
                    : word.Text.ToLowerInvariant() is "on" or "yes" or "y" or "true" or "1" ? "true"
                    : word.Text.ToLowerInvariant() is "off" or "no" or "n" or "false" or "0" ? "false"
                    : null
            );
        value = s.Text == "true";
        return null;
    }

    protected override JsonObject Describe() => new() { ["type"] = "boolean" };
}

/// <summary>One of some words.</summary>
/// <param name="Names">Those that this version honours.</param>
internal sealed record ChoiceRule(params string[] Names)
    : Rule($"one of {string.Join(", ", Names)}", Names[0])
{
    /// <summary>Such as <c>method</c>: an unknown one is MM1007 and the list is offered.</summary>
    public string? Noun { get; init; }

    /// <summary>Names that are known but not available in this version.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    public override IEnumerable<string> Completions => Auto ? [.. Names, "auto"] : Names;

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Text: var word })
            return Wrong(Show(node));
        // YAML 1.1 readers make a boolean of it, ours a text; no choice of ours is such a word.
        if (Later.Contains(word))
            return new(
                "MM1004",
                $"'{word}' is not available in this version",
                $"one of: {string.Join(", ", Names)}"
            );
        if (Names.Contains(word))
        {
            value = word;
            return null;
        }

        var known = Names.Concat(Later).Concat(Auto ? ["auto"] : []).ToList();
        var meant = Suggestion.For(word, known);
        var asked = meant is null ? "" : $" (did you mean '{meant}'?)";
        return Noun is null
            ? new(
                "MM1004",
                $"must be one of {string.Join(", ", Names)}, got '{word}'{asked}",
                meant ?? Names[0]
            )
            : new("MM1007", $"names no {Noun}: '{word}'{asked}", $"one of: {string.Join(", ", Names)}");
    }

    protected override JsonObject Describe() =>
        new() { ["enum"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]) };
}

/// <summary>A text, optionally of a form.</summary>
internal sealed record TextRule(string Wants, string Example, string? Pattern = null) : Rule(Wants, Example)
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Text: var text })
            return Wrong(Show(node));
        if (text.Contains('\0', StringComparison.Ordinal))
            return new("MM1004", $"must be {Wants}, without a NUL character in it", Example);
        if (Pattern is not null && !Regex.IsMatch(text, Pattern))
            return new("MM1004", $"must be {Wants}, got '{text}'", Example);
        value = text;
        return null;
    }

    protected override JsonObject Describe()
    {
        // A name such as 010 is a text here though it looks like a number.
        var schema = new JsonObject { ["type"] = new JsonArray("string", "number") };
        if (Pattern is not null)
            schema["pattern"] = Pattern;
        return schema;
    }
}

/// <summary>Exactly one value, because nothing else is honoured by this version.</summary>
internal sealed record OnlyRule(Rule Inner, object? Only) : Rule(Inner.Wants, Inner.Example)
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        var refusal = Inner.Read(node, out value);
        return refusal is not null || Equals(value, Only)
            ? refusal
            : new("MM1004", $"is not available in this version with {Show(node)}", Inner.Write(Only));
    }

    protected override JsonObject Describe() =>
        new()
        {
            ["const"] = Only switch
            {
                null => null,
                bool b => b,
                string s => s,
                long l => l,
                double d => d,
                _ => throw new InvalidOperationException(),
            },
        };
}

/// <summary>A key that must stay empty in this version.</summary>
internal sealed record NothingRule(string Instead) : Rule("null", "null")
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        return node is ListNode { Items.Count: 0 }
            ? null
            : new("MM1004", $"is not available in this version, got {Show(node)}", Instead);
    }

    public override string Write(object? value) => "null";

    protected override JsonObject Describe() => new() { ["type"] = "null" };
}

/// <summary>A length of time: 60s, 10m, 1h30m.</summary>
internal sealed record DurationRule(string Example) : Rule("a duration such as 60s, 10m or 1h30m", Example)
{
    private const string Form = @"^-?([0-9]+(\.[0-9]+)?\s*(ms|s|min|m|h|d)\s*)+$";
    private const string Part = @"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|min|m|h|d)";

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Text: var text } || !Regex.IsMatch(text, Form))
            return Wrong(
                Show(node),
                node is ScalarNode s && NumberMeant.Of(s.Text, whole: false) is { } number
                    ? $"{number}s"
                    : null
            );
        var seconds = Regex
            .Matches(text, Part)
            .Sum(part =>
                double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture)
                * part.Groups[2].Value switch
                {
                    "ms" => 0.001,
                    "s" => 1,
                    "m" or "min" => 60,
                    "h" => 3600,
                    _ => 86400,
                }
            );
        if (text[0] == '-' || seconds is <= 0 or > 31_536_000)
            return new("MM1004", $"must be above 0 and at most a year, got {text}", Example);
        value = TimeSpan.FromSeconds(seconds);
        return null;
    }

    public override string Write(object? value) =>
        value is TimeSpan time ? $"{time.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)}s" : "null";

    protected override JsonObject Describe() => new() { ["type"] = "string", ["pattern"] = Form };
}

/// <summary>How often: every so many epochs or rounds, or so much time.</summary>
/// <param name="Count">Epochs or rounds; 0 for a time.</param>
/// <param name="Unit"><c>epoch</c>, <c>round</c> or <c>time</c>.</param>
/// <param name="Time">Only with the unit time.</param>
internal sealed record Interval(int Count, string Unit, TimeSpan Time);

/// <summary>Reads an <see cref="Interval"/>.</summary>
internal sealed record IntervalRule(bool EpochsOnly)
    : Rule(
        EpochsOnly
            ? "an interval such as '1 epoch'"
            : "an interval such as '1 epoch', '500 rounds' or '10 min'",
        "1 epoch"
    )
{
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

/// <summary>A list of whole numbers.</summary>
internal sealed record WholesRule(long Least, bool Ascending, string Example)
    : Rule("a list of whole numbers", Example)
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ListNode list)
            return Wrong(Show(node));
        var one = new IntegerRule(Least, int.MaxValue, Example);
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
            ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = Least },
        };
}

/// <summary>Labels of a run: {project: demo}.</summary>
internal sealed record TagsRule() : Rule("a mapping such as {project: demo}", "{project: demo}")
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not MapNode map)
            return Wrong(Show(node));
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            if (entry.Value is not ScalarNode { Text: var text } || entry.Key.Contains('='))
                return Wrong($"'{entry.Key}' with {Show(entry.Value)}");
            tags[entry.Key] = text;
        }

        value = tags;
        return null;
    }

    public override string Write(object? value) =>
        $"{{{string.Join(", ", ((IDictionary<string, string>)value!).Select(tag => $"{Quote(tag.Key)}: {Quote(tag.Value)}"))}}}";

    protected override JsonObject Describe() => new() { ["type"] = "object" };
}
