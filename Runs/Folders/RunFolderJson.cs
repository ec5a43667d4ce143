using System.Text.Json.Serialization;
using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Folders;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(LocalEndpoint))]
[JsonSerializable(typeof(WriterIdentity))]
internal sealed partial class RunFolderJson : JsonSerializerContext;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(TrainerShare[]))]
internal sealed partial class EventJson : JsonSerializerContext;
