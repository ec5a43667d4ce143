using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>A closed choice in documents: the word that a key of the configuration takes for it.</summary>
/// <typeparam name="T">Of the choice.</typeparam>
public sealed class ChoiceJson<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
