using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace MMOrleans.Silo.Configuration;

/// <summary>Puts a silo's settings together: flags over environment over a JSON file.</summary>
internal sealed class SiloSources
{
    private const string Prefix = "MM_SILO__";
    private const string ConfigFlag = "--config";

    // Categories are open-ended; only their levels can be checked.
    private const string Levels = "Logging:LogLevel:";

    /// <summary>Variables that the OpenTelemetry standard names, and the keys that they set.</summary>
    public static IReadOnlyList<(string Variable, string Path)> Standard { get; } =
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "Telemetry:OtlpEndpoint"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "Telemetry:PrometheusPort"),
    ];

    private SiloSources(IConfigurationRoot configuration) => Configuration = configuration;

    /// <summary>Everything that was said; later sources win.</summary>
    public IConfigurationRoot Configuration { get; }

    /// <param name="args">The command line.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="problems">Gets what cannot be understood.</param>
    public static SiloSources Read(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        List<Fault> problems
    )
    {
        var (flags, file) = Flags(args, problems);
        var variables = environment
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(
                pair => pair.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                string? (pair) => pair.Value,
                StringComparer.OrdinalIgnoreCase
            );
        // The standard's variables are the platform's word; a flag is this silo's own.
        foreach (var (variable, path) in Standard)
            if (environment.TryGetValue(variable, out var value) && value.Length > 0)
                variables[path] = value;
        if (variables.Remove("Config", out var named))
            file ??= named;

        var builder = new ConfigurationBuilder();
        if (file is not null)
            AddFile(builder, file, problems);
        builder.AddInMemoryCollection(variables).AddInMemoryCollection(flags);
        var sources = new SiloSources(builder.Build());
        sources.CheckNames(problems);
        return sources;
    }

    private static (Dictionary<string, string?> Values, string? File) Flags(
        IReadOnlyList<string> args,
        List<Fault> problems
    )
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        string? file = null;
        for (var i = 0; i < args.Count; i++)
        {
            var parts = args[i].Split('=', 2);
            var path = parts[0] == ConfigFlag ? "" : PathOf(parts[0]);
            if (path is null)
            {
                problems.Add(
                    new(
                        "MM1001",
                        $"unknown flag {parts[0]}",
                        $"one of {string.Join(' ', SiloOptions.All.Select(option => option.Flag).OfType<string>())} {ConfigFlag}, or --SECTION:KEY for any key"
                    )
                );
                // What follows is most likely its value.
                if (parts.Length == 1 && i + 1 < args.Count && !args[i + 1].StartsWith('-'))
                    i++;
                continue;
            }

            if (parts.Length == 1 && i + 1 >= args.Count)
            {
                problems.Add(new("MM1002", $"{parts[0]} wants a value", $"{parts[0]} VALUE"));
                continue;
            }

            var value = parts.Length == 2 ? parts[1] : args[++i];
            if (string.IsNullOrWhiteSpace(value))
                problems.Add(
                    new(
                        "MM1002",
                        $"{parts[0]} has an empty value, as of a variable that is not set",
                        $"{parts[0]} {SiloOptions.Find(path)?.Value.Example ?? "VALUE"}, or leave it out"
                    )
                );
            else if (path.Length == 0 ? file is not null : values.ContainsKey(path))
                problems.Add(
                    new(
                        "MM1005",
                        $"{parts[0]} is given twice: {(path.Length == 0 ? file : values[path])} and {value}",
                        "leave one of the two out"
                    )
                );
            else if (path.Length == 0)
                file = value;
            else
                values[path] = value;
        }

        return (values, file);
    }

    private static string? PathOf(string flag) =>
        SiloOptions.ByFlag(flag)?.Path
        ?? (flag.StartsWith("--", StringComparison.Ordinal) && flag.Contains(':') ? flag[2..] : null);

    private static void AddFile(ConfigurationBuilder builder, string file, List<Fault> problems)
    {
        var path = Path.GetFullPath(file);
        try
        {
            // Read now: a file that is found broken later could no longer be told together with other faults.
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            builder.AddJsonFile(path, optional: false);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            problems.Add(
                new(
                    "MM1006",
                    $"{file} cannot be read: {fault.Message}",
                    "give a JSON file with keys such as \"Name\": \"silo-0\""
                )
            );
        }
    }

    private void CheckNames(List<Fault> problems)
    {
        foreach (var (path, value) in Configuration.AsEnumerable())
            if (value is null || SiloOptions.Find(path) is not null)
                continue;
            else if (path.StartsWith(Levels, StringComparison.OrdinalIgnoreCase))
            {
                if (!Enum.GetNames<LogLevel>().Contains(value, StringComparer.OrdinalIgnoreCase))
                    problems.Add(
                        new(
                            "MM1004",
                            $"{path} must be {string.Join(", ", Enum.GetNames<LogLevel>()[..^1])} or None, got '{value}'",
                            $"\"Logging\": {{ \"LogLevel\": {{ \"{path[Levels.Length..]}\": \"Warning\" }} }}"
                        )
                    );
            }
            else
                problems.Add(
                    new(
                        "MM1003",
                        $"unknown key {path}",
                        $"one of {string.Join(", ", SiloOptions.All.Select(option => option.Path))}, {Levels}CATEGORY"
                    )
                );
    }
}
