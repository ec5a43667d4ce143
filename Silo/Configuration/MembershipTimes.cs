namespace MMOrleans.Silo.Configuration;

/// <summary>How silos find out about each other's death. The defaults notice a crash in about 1.5 s, a freeze in 6.5 s.</summary>
public sealed record MembershipTimes
{
    /// <summary>An unanswered probe is missed after this.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Upper limit of <see cref="ProbeTimeout"/>, which adapts; decides how long a frozen silo goes unnoticed.</summary>
    public TimeSpan MaxProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Missed probes that make a suspect.</summary>
    public int MissedProbes { get; init; } = 3;

    /// <summary>How often the table is read without cause; decides how long a silo lives on that was declared dead.</summary>
    public TimeSpan TableRefresh { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo writes that it lives; three of these pass before the first silo after a total loss starts.</summary>
    public TimeSpan AliveInterval { get; init; } = TimeSpan.FromSeconds(5);
}
