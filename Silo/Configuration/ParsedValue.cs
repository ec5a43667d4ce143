using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Silo.Configuration;

/// <summary>A text that a type of its own understands, such as an address.</summary>
internal sealed record ParsedValue<T> : SettingValue
    where T : class
{
    private readonly Func<string, T?> _parse;

    /// <param name="wants">Such as <c>an http address</c>.</param>
    /// <param name="example">A value as it is typed.</param>
    /// <param name="parse">Null for a text that is none.</param>
    public ParsedValue(string wants, string example, Func<string, T?> parse)
        : base(wants) => (Example, _parse) = (example, parse);

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = node is ScalarNode { Text: var text } ? _parse(text) : null;
        return value is null ? Wrong(Show(node)) : null;
    }

    protected override JsonObject Describe() => new() { ["type"] = "string" };
}
