namespace MMOrleans.Runs.Schedules;

/// <summary>A phase's one word in files, displays, events and telemetry.</summary>
public static class PhaseName
{
    /// <summary><c>pretraining</c></summary>
    public const string Pretraining = "pretraining";

    /// <summary><c>main</c></summary>
    public const string Main = "main";

    /// <summary><c>deferred</c></summary>
    public const string Deferred = "deferred";

    /// <summary>The word.</summary>
    public static string Of(Phase phase) =>
        phase switch
        {
            Phase.Pretraining => Pretraining,
            Phase.Deferred => Deferred,
            _ => Main,
        };
}
