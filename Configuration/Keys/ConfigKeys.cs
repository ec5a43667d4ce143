namespace MMOrleans.Configuration.Keys;

/// <summary>Every key: file, flags, variables, help, completion, schema, the run's record and <c>run.yaml</c> all come from this table.</summary>
internal static class ConfigKeys
{
    /// <summary>In the order of the file.</summary>
    public static IReadOnlyList<Key> All { get; } =
    [
        .. RunKeys.All,
        .. DatasetKeys.All,
        .. ImbalanceKeys.All,
        .. MethodKeys.All,
        .. ModelKeys.All,
        .. StageKeys.All,
        .. TrainKeys.All,
        .. OptimiserKeys.All,
        .. DistributionKeys.All,
        .. CheckpointKeys.All,
        .. ReportKeys.All,
    ];

    private static readonly IReadOnlyList<Func<Resolution, IEnumerable<Fault>>> Rules =
    [
        Unused,
        ImbalanceKeys.Against,
        DatasetKeys.Against,
        MethodKeys.Against,
        OptimiserKeys.Against,
        StageKeys.Against,
    ];

    private static readonly Dictionary<string, Key> ByPath = All.ToDictionary(key => key.Path);

    private static readonly HashSet<string> SectionNames = [.. All.SelectMany(key => Parents(key.Path))];

    /// <summary>Null when there is no such key.</summary>
    public static Key? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>Whether keys lie below that path.</summary>
    public static bool IsSection(string path) => SectionNames.Contains(path);

    /// <summary>Names of keys and sections directly below a section.</summary>
    public static IEnumerable<string> Below(string section) =>
        All.Select(key => key.Path)
            .Where(path => section.Length == 0 || path.StartsWith(section + ".", StringComparison.Ordinal))
            .Select(path => path[(section.Length == 0 ? 0 : section.Length + 1)..].Split('.')[0])
            .Distinct();

    /// <summary>The keys that a run uses.</summary>
    public static IEnumerable<Key> Used(Resolution run) =>
        All.Where(key => key.UsedWhen is not { } use || use.When(run));

    /// <summary>What values of different keys have against each other.</summary>
    public static IEnumerable<Fault> Contradictions(Resolution run) => Rules.SelectMany(rule => rule(run));

    // What is set and would be ignored.
    private static IEnumerable<Fault> Unused(Resolution run) =>
        from key in All
        let use = key.UsedWhen
        where use is not null && !use.When(run)
        where run.IsExplicit(key.Path) && !use.IsHarmless(run[key.Path])
        select run.Contradiction(key.Path, use.Against(run), use.Fix);

    private static IEnumerable<string> Parents(string path)
    {
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
            yield return path[..dot];
    }
}
