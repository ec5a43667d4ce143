using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>true or false, and no other word for them.</summary>
internal sealed record BooleanValue : SettingValue
{
    public BooleanValue()
        : base("true or false") => Example = "true";

    // What .NET's reader of JSON files makes of true and false.
    public override Refusal? ReadText(string text, out object? value) =>
        base.ReadText(text is "True" or "False" ? text.ToLowerInvariant() : text, out value);

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
