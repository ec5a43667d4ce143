using System.Text.Json.Nodes;
using MMOrleans.Configuration.Keys;

namespace MMOrleans.Configuration;

/// <summary>The JSON Schema of configuration files, for editors.</summary>
public static class ConfigSchema
{
    /// <summary>Draft 7; unknown keys are errors, as they are when a configuration is read.</summary>
    public static JsonObject Create()
    {
        var root = Object();
        foreach (var key in ConfigKeys.All)
        {
            var at = root;
            foreach (var section in key.Path.Split('.')[..^1])
            {
                var properties = at["properties"]!.AsObject();
                if (properties[section] is null)
                    properties[section] = Object();
                at = properties[section]!.AsObject();
            }

            var schema = key.Value.Schema();
            schema["description"] = key.Doc;
            at["properties"]!.AsObject()[key.Name] = schema;
        }

        root["$schema"] = "http://json-schema.org/draft-07/schema#";
        root["title"] = "MMOrleans run configuration";
        return root;
    }

    private static JsonObject Object() =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(),
        };
}
