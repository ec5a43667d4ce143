namespace MMOrleans.Api.Documents;

/// <summary>One entry of a run's logs.</summary>
internal sealed record LogDocument(
    string Run,
    DateTimeOffset Time,
    string Level,
    string Source,
    string Message
)
{
    public string Schema { get; init; } = "mm/log/v1";
}
