using System.Text.Json.Nodes;

namespace MMOrleans.Configuration.Values;

/// <summary>A key that must stay empty in this version.</summary>
internal sealed record NothingValue : SettingValue
{
    public NothingValue(string instead)
        : base("null") => (Instead, Example, Nullable) = (instead, "null", true);

    public string Instead { get; }

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
