namespace MMOrleans.Runs.Events;

/// <summary>A trainer is out of the run, and its slots go to others.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
/// <param name="Silo">Where it was.</param>
/// <param name="Detected">How it was noticed: one of <see cref="Detection"/>.</param>
/// <param name="Reason">As a clause.</param>
public sealed record TrainerLeft(string Trainer, string Silo, string Detected, string Reason) : Incident
{
    /// <summary>Of the error catalogue, when it reported a fault itself.</summary>
    public string? Code { get; init; }

    /// <summary>The slots it had, such as <c>2-3</c>; empty for a spare.</summary>
    public string Slots { get; init; } = "";

    /// <summary>How many.</summary>
    public int SlotCount { get; init; }

    /// <summary>Who has them now.</summary>
    public IReadOnlyList<string> Heirs { get; init; } = [];

    /// <summary>From its last heartbeat until it was noticed; null when it had not beaten.</summary>
    public double? SilentSeconds { get; init; }

    /// <summary>What its silo's port said to somebody who knocked: one of <see cref="PortAnswer"/>; null when nobody did.</summary>
    public string? Port { get; init; }

    /// <summary>How long it is kept out at least.</summary>
    public double QuarantineSeconds { get; init; }
}

/// <summary>How the loss of a trainer was noticed.</summary>
public static class Detection
{
    /// <summary>Its heartbeats stayed away.</summary>
    public const string Beats = "beats";

    /// <summary>The cluster's membership declared its silo dead: connections closed, or probes unanswered.</summary>
    public const string Membership = "membership";

    /// <summary>It said so itself.</summary>
    public const string Report = "report";

    /// <summary>Its state differed from the others'.</summary>
    public const string Replicas = "replicas";

    /// <summary>The others said that they could not reach it.</summary>
    public const string Cut = "cut";

    /// <summary>Its device did not come back from a piece of work, and the others waited.</summary>
    public const string Hung = "hung";

    /// <summary>Somebody asked for it.</summary>
    public const string Drain = "drain";
}

/// <summary>What a knock at the port of a silo that has gone quiet says of its process.</summary>
public static class PortAnswer
{
    /// <summary>The machine is there and nobody listens: the process has ended.</summary>
    public const string Refused = "refused";

    /// <summary>The kernel takes connections for a process that says nothing: it is frozen, or starved.</summary>
    public const string Open = "open";

    /// <summary>Nothing comes back: the machine is off, or cut off.</summary>
    public const string Silent = "silent";

    /// <summary>Another process of the same name is there already.</summary>
    public const string Replaced = "replaced";
}
