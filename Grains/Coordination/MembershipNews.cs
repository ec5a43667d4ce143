using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Coordination;

/// <summary>What a run is to be told of its trainers.</summary>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Incident">The same for programs.</param>
internal sealed record MembershipNews(string Message, Incident Incident)
{
    /// <summary>What its silo's port says, where somebody knocks: a <see cref="PortAnswer"/>.</summary>
    public Task<string>? Port { get; init; }

    /// <summary>The incident, once what is still being found out is known.</summary>
    public async Task<Incident> IncidentAsync() =>
        Incident is TrainerLeft left && Port is not null ? left with { Port = await Port } : Incident;
}
