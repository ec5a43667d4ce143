using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Processes;

/// <summary>What a verb may know of the process it runs in; tests hand in another.</summary>
internal sealed record CommandContext
{
    /// <summary>What a verb is told to read with <c>-</c>.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Results, and nothing else.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, messages, errors.</summary>
    public required TextWriter Error { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public required EnvironmentSnapshot Environment { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>What ends the process from outside; null where nothing does.</summary>
    public StopSignals? Signals { get; init; }

    /// <summary>Relative paths of flags and files are relative to it.</summary>
    public required string WorkingFolder { get; init; }
}
