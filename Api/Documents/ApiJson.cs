using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Api.Documents;

/// <summary>How documents are written: snake_case keys, no number that JSON does not have.</summary>
public static class ApiJson
{
    /// <summary>The same for readers.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    internal static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Converters.Add(new FiniteNumber());
        return options;
    }

    /// <summary>JSON has no word for what is not a finite number: it is null.</summary>
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
