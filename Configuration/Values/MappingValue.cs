using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A mapping with certain keys, all of them and in any order; some take a word or a number in its place.</summary>
internal abstract record MappingValue : SettingValue
{
    /// <param name="wants">Such as <c>a whole number or {min: 2, max: 8}</c>.</param>
    /// <param name="example">A value as it is typed.</param>
    /// <param name="keys">Name and value of each key.</param>
    protected MappingValue(string wants, string example, params (string Name, SettingValue Value)[] keys)
        : base(wants) => (Example, Keys) = (example, keys);

    private IReadOnlyList<(string Name, SettingValue Value)> Keys { get; }

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
        foreach (var (name, one) in Keys)
        {
            var given = map.Entries.First(entry => entry.Key == name).Value;
            if (one.Read(given, out var read) is { } refusal)
                return refusal with { At = given.Place, Below = $".{name}", Fix = Form };
            values.Add(read!);
        }

        return Combine(values, out value);
    }

    /// <summary>What is taken in place of the mapping.</summary>
    protected abstract Refusal? InPlace(Node node, out object? value);

    /// <summary>Makes the value of those of all keys, in the order of the keys.</summary>
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
                        Keys.Select(key => KeyValuePair.Create(key.Name, (JsonNode?)key.Value.Schema()))
                    ),
                }
            ),
        };

    private string Form => $"{{{string.Join(", ", Keys.Select(key => $"{key.Name}: {key.Value.Example}"))}}}";

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
