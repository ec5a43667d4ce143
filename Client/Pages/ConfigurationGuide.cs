using System.Text.Json.Nodes;
using MMOrleans.Api;
using MMOrleans.Api.Documents;
using MMOrleans.Client.Configuration;

namespace MMOrleans.Client.Pages;

/// <inheritdoc/>
internal sealed class ConfigurationGuide : IConfigurationGuide
{
    public PresetList Presets { get; } =
        new([
            .. Configuration.Presets.All.Select(preset => new PresetDocument(
                preset.Name,
                preset.Doc,
                preset.Values
            )),
        ]);

    public JsonObject Schema { get; } = ConfigSchema.Create();
}
