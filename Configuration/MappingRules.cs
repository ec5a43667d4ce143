using System.Globalization;
using System.Text.Json.Nodes;

namespace MMOrleans.Configuration;

/// <summary>A mapping with certain keys, all of them and in any order; some take a word or a number in its place.</summary>
/// <param name="Wants">Such as <c>a whole number or {min: 2, max: 8}</c>.</param>
/// <param name="Example">A value as it is typed.</param>
/// <param name="Keys">Name and rule of each key.</param>
internal abstract record MappingRule(
    string Wants,
    string Example,
    IReadOnlyList<(string Name, Rule Rule)> Keys
) : Rule(Wants, Example)
{
    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not MapNode map)
            return InPlace(node, out value);
        foreach (var entry in map.Entries)
            if (Keys.All(key => key.Name != entry.Key))
                return Unknown(entry);
        if (Keys.FirstOrDefault(key => map.Entries.All(entry => entry.Key != key.Name)).Name is { } missing)
            return new("MM1002", $"lacks {missing}", Form) { At = map.Place };
        List<object> values = [];
        foreach (var (name, rule) in Keys)
        {
            var given = map.Entries.First(entry => entry.Key == name).Value;
            if (rule.Read(given, out var one) is { } refusal)
                return refusal with { At = given.Place, Below = $".{name}", Fix = Form };
            values.Add(one!);
        }

        return Combine(values, out value);
    }

    /// <summary>What is taken in place of the mapping.</summary>
    protected abstract Refusal? InPlace(Node node, out object? value);

    /// <summary>Makes the value of those of all keys, in the order of <see cref="Keys"/>.</summary>
    protected abstract Refusal? Combine(IReadOnlyList<object> values, out object? value);

    /// <summary>JSON Schema of what is taken in place of the mapping.</summary>
    protected abstract JsonObject DescribeInPlace();

    protected override JsonObject Describe() =>
        new()
        {
            ["anyOf"] = new JsonArray(
                DescribeInPlace(),
                new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray([.. Keys.Select(key => (JsonNode)key.Name)]),
                    ["additionalProperties"] = false,
                    ["properties"] = new JsonObject(
                        Keys.Select(key => KeyValuePair.Create(key.Name, (JsonNode?)key.Rule.Schema()))
                    ),
                }
            ),
        };

    private string Form => $"{{{string.Join(", ", Keys.Select(key => $"{key.Name}: {key.Rule.Example}"))}}}";

    private Refusal Unknown(MapEntry entry)
    {
        var names = Keys.Select(key => key.Name).ToList();
        // YAML takes max:2 for a word; what was meant is plain.
        return entry.Key.Split(':', 2) is [var name, var value] && names.Contains(name)
            ? new("MM1002", $"wants a blank after the colon: '{name}: {value}', got '{entry.Key}'", Form)
            {
                At = entry.Place,
            }
            : new(
                "MM1003",
                $"has no key '{entry.Key}'{Suggestion.Ask(entry.Key, names)}; its keys are {string.Join(" and ", names)}",
                Form
            )
            {
                At = entry.Place,
            };
    }
}

/// <summary>Three numbers, one for each colour.</summary>
internal sealed record ColoursRule(bool AboveZero, string Example) : Rule("a list of three numbers", Example)
{
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

/// <summary>Per-channel mean and deviation, or a word for them.</summary>
/// <param name="Word"><c>dataset</c> or <c>none</c>; null when numbers are given.</param>
/// <param name="Mean">Three numbers.</param>
/// <param name="Deviation">Three numbers above 0.</param>
internal sealed record Normalisation(
    string? Word,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> Deviation
);

/// <summary>Reads a <see cref="Normalisation"/>.</summary>
internal sealed record NormaliseRule()
    : MappingRule(
        "dataset, none or {mean: [r, g, b], std: [r, g, b]}",
        "dataset",
        [
            ("mean", new ColoursRule(false, "[0.49, 0.48, 0.45]")),
            ("std", new ColoursRule(true, "[0.25, 0.24, 0.26]")),
        ]
    )
{
    public override IEnumerable<string> Completions => ["dataset", "none"];

    protected override Refusal? InPlace(Node node, out object? value)
    {
        value = node is ScalarNode { Text: "dataset" or "none" } word
            ? new Normalisation(word.Text, [], [])
            : null;
        return value is null ? Wrong(Show(node)) : null;
    }

    protected override Refusal? Combine(IReadOnlyList<object> values, out object? value)
    {
        value = new Normalisation(null, (IReadOnlyList<double>)values[0], (IReadOnlyList<double>)values[1]);
        return null;
    }

    public override string Write(object? value) =>
        value is Normalisation { Word: null } n
            ? $"{{mean: [{Join(n.Mean)}], std: [{Join(n.Deviation)}]}}"
            : ((Normalisation)value!).Word!;

    private static string Join(IReadOnlyList<double> numbers) =>
        string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    protected override JsonObject DescribeInPlace() => new() { ["enum"] = new JsonArray("dataset", "none") };
}

/// <summary>How many trainers.</summary>
/// <param name="Least">Fewest to start with.</param>
/// <param name="Most">Most to use.</param>
internal sealed record TrainerRange(int Least, int Most);

/// <summary>Reads a <see cref="TrainerRange"/>.</summary>
internal sealed record TrainersRule()
    : MappingRule(
        "a whole number or {min: 2, max: 8}",
        "2",
        [("min", One), ("max", One with { Example = "8" })]
    )
{
    private static readonly IntegerRule One = new(1, 1024, "2");

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
            ? range.Least == range.Most
                ? $"{range.Least}"
                : $"{{min: {range.Least}, max: {range.Most}}}"
            : base.Write(value);

    protected override JsonObject DescribeInPlace() => new() { ["type"] = "integer", ["minimum"] = 1 };
}

/// <summary>Shot groups: auto, thirds, or the two thresholds.</summary>
internal sealed record GroupsRule()
    : MappingRule(
        "thirds or {many: 100, few: 20}",
        "auto",
        [("many", One), ("few", One with { Example = "20" })]
    )
{
    private static readonly IntegerRule One = new(0, int.MaxValue, "100");

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
