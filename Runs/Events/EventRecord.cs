using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Events;

/// <summary>One line of <c>events.jsonl</c>.</summary>
public sealed record EventRecord
{
    /// <summary>Format of this line.</summary>
    public string Schema { get; init; } = "mm/event/v1";

    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Such as <c>epoch</c>, <c>checkpoint</c>, <c>membership</c>, <c>phase</c>, <c>warning</c> or <c>error</c>.</summary>
    public required string Event { get; init; }

    /// <summary>What makes this event of its kind one of its own; the same twice is written once. Empty: always written.</summary>
    public string Key { get; init; } = "";

    /// <summary>Completed epochs at that time.</summary>
    public int Epoch { get; init; }

    /// <summary>Completed rounds at that time.</summary>
    public long Round { get; init; }

    /// <summary>One sentence for a person.</summary>
    public string Message { get; init; } = "";

    /// <summary>Further keys of the line.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Fields { get; set; }
}
