using System.Text.Json.Nodes;
using MMOrleans.Api.Documents;

namespace MMOrleans.Api;

/// <summary>What a person needs to know to write a configuration. Only <c>mm</c> reads configurations, so a silo has none.</summary>
public interface IConfigurationGuide
{
    /// <summary>The presets.</summary>
    PresetList Presets { get; }

    /// <summary>JSON Schema of configuration files.</summary>
    JsonObject Schema { get; }
}
