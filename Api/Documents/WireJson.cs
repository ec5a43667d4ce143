using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Api.Documents;

/// <summary>How what grains say is written for <c>mm</c>, which reads it back to the same values, NaN among them.</summary>
public static class WireJson
{
    /// <summary>snake_case; numbers that JSON does not have are the words <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
}
