using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>A cluster's address, or a word for none.</summary>
internal sealed record ClusterValue : SettingValue
{
    public ClusterValue()
        : base("HOST:PORT, https://HOST or none") => Example = "mm-silo:30000";

    public override IEnumerable<string> Completions => [ClusterName.None];

    protected override Refusal? Interpret(Node node, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Text: var text })
            return Wrong(Show(node));
        if (ClusterName.IsNone(text))
            return null;
        if (ClusterName.Read(text, out var refusal) is null)
            return new("MM1002", $"wants {Wants}: {refusal.Why}", refusal.Instead);
        value = text;
        return null;
    }

    protected override JsonObject Describe() => new() { ["type"] = "string" };
}
