using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MMOrleans.Client.Commands;

/// <summary>Writes the one JSON document of a verb.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <param name="output">Results.</param>
    /// <param name="schema">Such as <c>mm/run/v1</c>; becomes the first member.</param>
    /// <param name="document">An object; its members are named in snake case.</param>
    public static void WriteJson(this TextWriter output, string schema, object document)
    {
        var members = JsonSerializer.SerializeToNode(document, Options)!.AsObject();
        var whole = new JsonObject { ["schema"] = schema };
        foreach (var (name, value) in members)
            whole[name] = value?.DeepClone();
        output.WriteLine(whole.ToJsonString(Options));
    }
}
