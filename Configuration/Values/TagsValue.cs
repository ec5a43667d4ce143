using System.Text.Json.Nodes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Labels of a run: {project: demo}.</summary>
internal sealed record TagsValue : SettingValue
{
    public TagsValue()
        : base("a mapping such as {project: demo}") => Example = "{project: demo}";

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
