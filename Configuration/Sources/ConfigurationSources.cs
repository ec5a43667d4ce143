namespace MMOrleans.Configuration.Sources;

/// <summary>Everything a configuration is put together from.</summary>
internal sealed record ConfigurationSources
{
    /// <summary>Name of the file for messages; null for none.</summary>
    public string? FileName { get; init; }

    /// <summary>Its text.</summary>
    public string FileText { get; init; } = "";

    /// <summary><c>KEY=VALUE</c> as given to --set.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    /// <summary>Flag, key and value.</summary>
    public IReadOnlyList<(string Flag, string Key, string Value)> Flags { get; init; } = [];

    /// <summary><c>K=V</c> as given to --tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public EnvironmentSnapshot Environment { get; init; } = EnvironmentSnapshot.Empty;

    /// <summary>
    /// Finds the weights that a run may begin with: from the folder of all runs and a person's word for them, how they are named for the run's
    /// owner and for its silos, and their hash. Null where nobody can look.
    /// </summary>
    public Func<string, string, (string Name, string Sha256)>? FindWeights { get; init; }

    /// <summary>
    /// The folder that relative paths of data are relative to. Null where there is none: a cluster reads the text, whose paths are its silos',
    /// or it is a run's own record, whose paths are resolved.
    /// </summary>
    public required string? WorkingFolder { get; init; }
}
