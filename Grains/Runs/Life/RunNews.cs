using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>A line of a run's timeline that has not been written yet.</summary>
/// <param name="Kind">As in <see cref="Interfaces.Runs.RunEvent"/>.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Incident">The same for programs; null where the sentence is all there is.</param>
internal sealed record RunNews(string Kind, string Message, Incident? Incident = null);
