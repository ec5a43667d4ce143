using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>A key's value and where it was written.</summary>
internal sealed record Entry(object? Value, Place Place);

/// <summary>Reads sources into values by key, and gathers everything that is wrong with them.</summary>
internal sealed class Layers
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["MM_DATA_DIR"] = "dataset.path",
        ["MM_OUTPUT_DIR"] = "output.path",
        ["MM_DEVICE"] = "distribution.device",
        ["MM_CLUSTER"] = "distribution.cluster",
    };

    private const string SetPrefix = "MM_SET__";

    private static readonly Origin[] StrongestFirst = [.. Enum.GetValues<Origin>().Reverse()];

    private readonly Dictionary<Origin, Dictionary<string, Entry>> _layers = [];

    public List<Fault> Problems { get; } = [];

    /// <summary>The strongest value of a key.</summary>
    public Entry this[string key] =>
        StrongestFirst.Select(origin => At(origin, key)).First(entry => entry is not null)!;

    public Entry? At(Origin origin, string key) => _layers.GetValueOrDefault(origin)?.GetValueOrDefault(key);

    public void Drop(Origin origin, string key) => _layers.GetValueOrDefault(origin)?.Remove(key);

    /// <summary>Whether a person wrote a value for the key, rather than a preset or a default.</summary>
    public bool IsExplicit(string key) => this[key].Place.Origin >= Origin.File;

    public void Put(string key, object? value, Place place)
    {
        if (!_layers.TryGetValue(place.Origin, out var layer))
            _layers[place.Origin] = layer = [];
        layer[key] = new(value, place);
    }

    public void AddBuiltIn()
    {
        foreach (var key in ConfigKeys.All)
            PutText(key.Path, key.BuiltIn, new(Origin.BuiltIn, "built in"));
    }

    public void AddPreset(Preset preset)
    {
        foreach (var (key, value) in preset.Values)
            PutText(key, value, new(Origin.Preset, $"preset {preset.Name}"));
    }

    public void AddRecipe(MethodComposition method)
    {
        foreach (var (key, value) in method.Recipe)
            PutText(key, value, new(Origin.Recipe, $"method {method.Name}"));
    }

    public void AddSources(ConfigurationSources sources)
    {
        if (sources.FileName is { } file && YamlReader.ReadFile(sources.FileText, file, Problems) is { } map)
            AddMap("", map);
        foreach (var (variable, key) in Variables)
            if (sources.Environment[variable] is { } value)
                PutText(key, value, new(Origin.Environment, variable), isYaml: false);
        foreach (var (variable, value) in sources.Environment.StartingWith(SetPrefix))
            PutText(
                variable[SetPrefix.Length..].Replace("__", ".").ToLowerInvariant(),
                value,
                new(Origin.Environment, variable)
            );
        // The standard variable is the platform's word, and a file's is its author's: the platform's wins.
        if (sources.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] is { } endpoint)
            PutText(
                "telemetry.otlp_endpoint",
                endpoint,
                new(Origin.Environment, "OTEL_EXPORTER_OTLP_ENDPOINT"),
                isYaml: false
            );
        Dictionary<string, string> sets = [];
        foreach (var set in sources.Sets)
        {
            if (set.IndexOf('=') is > 0 and var at)
            {
                var (key, text) = (set[..at].Trim(), set[(at + 1)..].Trim());
                RefuseSecond("--set", sets, key, text);
                PutText(key, text, new(Origin.Set, "--set"));
            }
            else
                Problems.Add(
                    new("MM1002", $"--set wants KEY=VALUE, got '{set}'", "such as --set train.epochs=100")
                );
        }

        foreach (var (flag, key, value) in sources.Flags)
            PutText(
                key,
                value,
                new(Origin.Flag, flag),
                isYaml: ConfigKeys.Find(key)!.Value is not (TextValue or ClusterValue)
            );
        AddTags(sources.Tags);
    }

    private void AddTags(IReadOnlyList<string> tags)
    {
        if (tags.Count == 0)
            return;
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (IDictionary<string, string>)this["tags"].Value!)
            merged[name] = value;
        Dictionary<string, string> given = [];
        foreach (var tag in tags)
        {
            if (tag.IndexOf('=') is > 0 and var at)
            {
                RefuseSecond("--tag", given, tag[..at], tag[(at + 1)..]);
                merged[tag[..at]] = tag[(at + 1)..];
            }
            else
                Problems.Add(new("MM1002", $"--tag wants K=V, got '{tag}'", "such as --tag project=demo"));
        }

        Put("tags", merged, new(Origin.Flag, "--tag"));
    }

    // The same twice is harmless; which of two values was meant cannot be known, and one of them trains something else.
    private void RefuseSecond(string flag, Dictionary<string, string> given, string key, string value)
    {
        if (!given.TryAdd(key, value) && given[key] != value)
            Problems.Add(
                new(
                    "MM1005",
                    $"{flag} {key} is given twice: '{given[key]}' and '{value}'",
                    $"keep one, such as {flag} {key}={value}"
                )
            );
    }

    private void AddMap(string section, MapNode map)
    {
        foreach (var entry in map.Entries)
        {
            var path = section.Length == 0 ? entry.Key : $"{section}.{entry.Key}";
            if (ConfigKeys.Find(path) is { } key)
                PutNode(key, entry.Value);
            else if (NotYet.Accepts(path, entry.Value))
                continue;
            else if (NotYet.IsSection(path) && entry.Value is MapNode familiar)
                AddMap(path, familiar);
            else if (!ConfigKeys.IsSection(path))
                AddUnknown(path, section, entry.Key, $"{entry.Place}: ");
            else if (entry.Value is MapNode inner)
                AddMap(path, inner);
            else if (entry.Value is not ScalarNode { IsNull: true })
                Problems.Add(
                    new(
                        "MM1002",
                        $"{entry.Value.Place}: {path} wants keys below it ({string.Join(", ", ConfigKeys.Below(path))})",
                        $"such as {path}: {{{ConfigKeys.Below(path).First()}: …}}"
                    )
                );
        }
    }

    private void PutText(string path, string text, Place place, bool isYaml = true)
    {
        if (ConfigKeys.Find(path) is not { } key)
        {
            var section = path.LastIndexOf('.') is >= 0 and var dot ? path[..dot] : "";
            AddUnknown(path, section, path[(section.Length == 0 ? 0 : section.Length + 1)..], $"{place}: ");
            return;
        }

        var node = isYaml ? Value(key.Value, text, place) : new ScalarNode(text, true, place);
        if (node is not null)
            PutNode(key, node);
    }

    /// <summary>A value outside a file: a text is what was typed, with every # and @ in it; quotes, lists and mappings are YAML's.</summary>
    private Node? Value(SettingValue rule, string text, Place place)
    {
        var isYaml =
            text.Length > 0 && (text[0] is '"' or '\'' || (rule is not TextValue && text[0] is '{' or '['));
        if (isYaml)
            return YamlReader.ReadValue(text, place, Problems);
        List<Fault> unread = [];
        return
            rule is TextValue or ClusterValue
            || YamlReader.ReadValue(text, place, unread) is not { } node
            || unread.Count > 0
            ? new ScalarNode(text, false, place)
            : node;
    }

    private void PutNode(Key key, Node node)
    {
        if (key.Value.Read(node, out var value) is { } refusal)
            Problems.Add(
                new(
                    refusal.Code,
                    $"{(refusal.At ?? node.Place).Subject(key.Path, refusal.Below)} {refusal.Text}",
                    FixOf(key, node.Place, refusal)
                )
            );
        else
            Put(key.Path, value, node.Place);
    }

    // A value becomes a line that can be pasted; a sentence stays one.
    private static string FixOf(Key key, Place place, Refusal refusal)
    {
        var prefix = place.Origin switch
        {
            Origin.Flag => $"{place.Source} ",
            Origin.Set => $"--set {key.Path}=",
            Origin.Environment => $"{place.Source}=",
            _ => $"{key.Path}: ",
        };
        var fix = refusal.Fix;
        if (fix.Contains("{0}", StringComparison.Ordinal))
            return fix.Replace("{0}", prefix);
        var isValue = fix[0] is '{' or '[';
        if (!isValue && fix.Contains(' ') && fix.Any(c => c is ';' or ':'))
            return fix;
        var (value, reason) =
            !isValue && fix.IndexOf(" (", StringComparison.Ordinal) is > 0 and var at
                ? (fix[..at], fix[at..])
                : (fix, "");
        return place.Origin is Origin.Flag or Origin.Set or Origin.Environment
            ? $"{prefix}{Shell.Quote(value)}{reason}"
            : $"{prefix}{value}{reason}";
    }

    private void AddUnknown(string path, string section, string name, string where)
    {
        if (Secrets.IsName(name))
        {
            Problems.Add(
                new(
                    "MM1010",
                    $"{where}'{path}' would put a secret into a file that is copied to the run folder",
                    "set MM_TOKEN in the environment, or use --token-file FILE"
                )
            );
            return;
        }

        if (NotYet.Find(path) is { } refused)
        {
            Problems.Add(new("MM1003", $"{where}{path} cannot be set: {refused.Because}", refused.Fix));
            return;
        }

        if (FamiliarNames.Translate(name) is { } familiar)
        {
            Problems.Add(
                new(
                    "MM1003",
                    $"{where}unknown key '{path}': published code's name for {familiar.Key}",
                    familiar.Fix
                )
            );
            return;
        }

        var siblings =
            ConfigKeys.IsSection(section) || section.Length == 0 ? ConfigKeys.Below(section).ToList() : [];
        var near = Suggestion.For(name, siblings);
        var nearest = near is not null
            ? (section.Length == 0 ? near : $"{section}.{near}")
            : Suggestion.For(path, ConfigKeys.All.Select(key => key.Path))
                ?? ConfigKeys.All.FirstOrDefault(key => key.Name == name)?.Path;
        Problems.Add(
            new(
                "MM1003",
                $"{where}unknown key '{path}'{(nearest is null ? "" : $" (did you mean '{nearest}'?)")}",
                nearest is null
                    ? $"mm config explain {(ConfigKeys.IsSection(section) ? section : "")}".TrimEnd()
                        + " lists the keys"
                    : $"write {nearest}, see mm config explain {nearest}"
            )
        );
    }
}
