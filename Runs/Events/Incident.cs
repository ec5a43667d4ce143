using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Events;

/// <summary>What befell a run, as fields of an event: who, what, how it was noticed, what it cost.</summary>
/// <remarks>Kept when a run goes back to a checkpoint, unlike what its rounds gave: it did happen. Within <c>mm/event/v1</c> fields are only added.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = Field, IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(RunQueued), "run_queued")]
[JsonDerivedType(typeof(RunBegan), "run_began")]
[JsonDerivedType(typeof(RunContinued), "run_continued")]
[JsonDerivedType(typeof(RunEnded), "run_ended")]
[JsonDerivedType(typeof(TrainerJoined), "trainer_joined")]
[JsonDerivedType(typeof(TrainerLeft), "trainer_left")]
[JsonDerivedType(typeof(TrainerStalled), "trainer_stalled")]
[JsonDerivedType(typeof(TrainerMissed), "trainer_missed")]
[JsonDerivedType(typeof(RoundHealed), "round_healed")]
[JsonDerivedType(typeof(StoreLost), "store_lost")]
[JsonDerivedType(typeof(StoreBack), "store_back")]
[JsonDerivedType(typeof(ImagesLeftOut), "images_left_out")]
[JsonDerivedType(typeof(CheckpointPassedOver), "checkpoint_passed_over")]
[JsonDerivedType(typeof(CheckpointUnwritten), "checkpoint_unwritten")]
[JsonDerivedType(typeof(EpochDisputed), "epoch_disputed")]
[JsonDerivedType(typeof(LossNotFinite), "loss_not_finite")]
[JsonDerivedType(typeof(MemoryExhausted), "memory_exhausted")]
public record Incident
{
    // Only a kind that a newer version told of is no more than this.
    [JsonConstructor]
    internal Incident() { }

    /// <summary>The field of an event that names the kind.</summary>
    public const string Field = "incident";

    /// <summary>Such as <c>{"incident":"trainer_stalled","trainer":"silo-1/t0","seconds":8.2}</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, IncidentJson.Default.Incident);

    /// <summary>The other way round.</summary>
    /// <returns>Null when the text is empty, or of a kind that this version does not know.</returns>
    public static Incident? Parse(string json)
    {
        try
        {
            var incident =
                json.Length == 0 ? null : JsonSerializer.Deserialize(json, IncidentJson.Default.Incident);
            return incident?.GetType() == typeof(Incident) ? null : incident;
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The fields of an event that tells of it.</summary>
    public IReadOnlyDictionary<string, JsonElement> ToFields() =>
        JsonSerializer.Deserialize(ToJson(), IncidentJson.Default.DictionaryStringJsonElement)!;

    /// <summary>What an event tells of; null when it tells of none.</summary>
    public static Incident? Of(EventRecord happened) =>
        happened.Fields?.ContainsKey(Field) == true
            ? Parse(
                JsonSerializer.Serialize(happened.Fields, IncidentJson.Default.DictionaryStringJsonElement)
            )
            : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true
)]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class IncidentJson : JsonSerializerContext;
