using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Epochs;

/// <summary>An epoch as <c>run.json</c> has it: the keys of the table, in the order of the columns. Counts and what only gauges show follow where they are there.</summary>
internal sealed class EpochResultJson : JsonConverter<EpochResult>
{
    private const string Phase = "phase";
    private const string SampleSum = "sample_sum";
    private const string Counts = "counts";

    private static readonly Dictionary<string, Metric> ByKey = MetricTable.All.ToDictionary(metric =>
        metric.Key
    );

    public override void Write(Utf8JsonWriter writer, EpochResult value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var column in MetricTable.Columns)
        {
            if (column == Phase)
                writer.WriteString(Phase, value.Phase);
            else if (column == SampleSum) // as text: many readers of JSON round large numbers
                writer.WriteString(SampleSum, value.SampleSum.ToString(CultureInfo.InvariantCulture));
            else
                Write(writer, MetricTable.Find(column)!, value);
        }

        foreach (var metric in MetricTable.All.Where(metric => !metric.IsKept && value[metric] is not null))
            Write(writer, metric, value);
        if (value.Counts is { } counts)
        {
            writer.WritePropertyName(Counts);
            JsonSerializer.Serialize(writer, counts, EpochJson.Default.EvaluationCounts);
        }

        writer.WriteEndObject();
    }

    public override EpochResult Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an epoch is an object");
        var values = new double?[MetricTable.All.Count];
        var (phase, sampleSum, counts) = ((string?)null, 0UL, (EvaluationCounts?)null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (key == Phase)
                phase = reader.GetString();
            else if (key == SampleSum)
                sampleSum = Unsigned(ref reader);
            else if (key == Counts)
                counts = JsonSerializer.Deserialize(ref reader, EpochJson.Default.EvaluationCounts);
            else if (ByKey.TryGetValue(key, out var metric))
                values[metric.Index] = Number(ref reader, metric);
            else
                reader.Skip(); // of another version
        }

        return EpochResult.Of(phase, sampleSum, values, counts)
            ?? throw new JsonException("an epoch has its number, its round and its phase");
    }

    private static void Write(Utf8JsonWriter writer, Metric metric, EpochResult epoch)
    {
        writer.WritePropertyName(metric.Key);
        if (epoch[metric] is not { } value)
            writer.WriteNullValue();
        else if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private static double? Number(ref Utf8JsonReader reader, Metric metric) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number when metric.Kind == MetricKind.Count => reader.GetInt64(),
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String when Named(reader.GetString()!) is { } value => value,
            _ => throw new JsonException($"{metric.Key} is not a number"),
        };

    private static double? Named(string text) =>
        text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        };

    private static ulong Unsigned(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetUInt64()
        : ulong.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var value) ? value
        : throw new JsonException($"{SampleSum} is not a number");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(EvaluationCounts))]
internal sealed partial class EpochJson : JsonSerializerContext;
