namespace MMOrleans.Configuration.Sources;

/// <summary>The environment variables as they were when the process started.</summary>
internal sealed class EnvironmentSnapshot(IReadOnlyDictionary<string, string> variables)
{
    public static EnvironmentSnapshot Empty { get; } = new(new Dictionary<string, string>());

    /// <summary>Value of a variable; null when it is absent or empty.</summary>
    public string? this[string name] =>
        variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The same variables but one.</summary>
    public EnvironmentSnapshot Without(string name) =>
        new(variables.Where(pair => pair.Key != name).ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <summary>Variables whose name starts so, sorted by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix) =>
        variables
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Where downloaded data sets rest: a folder for each by its name.</summary>
    public string DataCache =>
        Path.Combine(
            (this["XDG_CACHE_HOME"] is { } cache && Path.IsPathRooted(cache) ? cache : null) // relative ones are to be ignored
                ?? Path.Combine(
                    this["HOME"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                    ".cache"
                ),
            "mmorleans",
            "datasets"
        );
}
