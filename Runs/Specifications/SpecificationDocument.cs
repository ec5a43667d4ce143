using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Writes a specification as its canonical JSON, reads it back, and names it by hash.</summary>
public static class SpecificationDocument
{
    /// <summary>The canonical text: snake_case keys in declaration order, no white space.</summary>
    public static string Write(RunSpecification specification) =>
        JsonSerializer.Serialize(specification, SpecificationJson.Default.RunSpecification);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a specification, or holds a key this version does not know.</exception>
    public static RunSpecification Read(string json) =>
        JsonSerializer.Deserialize(json, SpecificationJson.Default.RunSpecification)
        ?? throw new JsonException("The specification is the JSON word null; an object is wanted.");

    /// <summary>Reads one that lies in a file, where anybody may have changed it.</summary>
    /// <param name="json">The specification in the file's document.</param>
    /// <param name="file">What the refusal calls the file.</param>
    /// <exception cref="FaultException">MM5001: it is none of this version.</exception>
    public static RunSpecification ReadFrom(JsonElement json, string file)
    {
        try
        {
            return Read(json.GetRawText());
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second kind comes from text that is none, such as half a surrogate pair.
            throw new FaultException(
                "MM5001",
                $"{file} holds no specification of this version: {fault.Message.TrimEnd('.')}",
                "restore the file as it was written, or use the version that wrote it",
                fault
            );
        }
    }

    /// <summary>SHA-256 of the canonical text, lower-case hexadecimal.</summary>
    public static string Hash(RunSpecification specification) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(specification))));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(RunSpecification))]
internal sealed partial class SpecificationJson : JsonSerializerContext;
