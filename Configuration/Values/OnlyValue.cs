using System.Text.Json.Nodes;

namespace MMOrleans.Configuration.Values;

/// <summary>Exactly one value, because nothing else is honoured by this version.</summary>
internal sealed record OnlyValue(SettingValue Inner, object? Only) : SettingValue(Inner.Wants)
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
