namespace MMOrleans.Runs.Events;

/// <summary>A trainer came to a run that was under way, or came back to it.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
public sealed record TrainerJoined(string Trainer) : Incident
{
    /// <summary>When its silo's process began, to the second; null where nobody knew.</summary>
    public DateTimeOffset? ProcessSince { get; init; }
}
