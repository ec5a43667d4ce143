using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A text, optionally of a form.</summary>
internal sealed record TextValue : SettingValue
{
    /// <param name="wants">Such as <c>a folder</c>.</param>
    /// <param name="example">A value as it is typed.</param>
    /// <param name="pattern">Regular expression of the whole text; null for any text.</param>
    public TextValue(string wants, string example, string? pattern = null)
        : base(wants) => (Example, Pattern) = (example, pattern);

    /// <summary>Regular expression of the whole text; null for any text.</summary>
    public string? Pattern { get; }

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
