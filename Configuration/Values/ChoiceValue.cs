using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>One of some words.</summary>
internal sealed record ChoiceValue : SettingValue
{
    /// <param name="names">Those that this version honours.</param>
    public ChoiceValue(params string[] names)
        : base($"one of {string.Join(", ", names)}") => (Names, Example) = (names, names[0]);

    /// <summary>Those that this version honours.</summary>
    public IReadOnlyList<string> Names { get; }

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
