using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Life;

/// <summary>Writes a status as its word.</summary>
public sealed class RunStatusJson()
    : JsonStringEnumConverter<RunStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
