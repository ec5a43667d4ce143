using System.CommandLine;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Client.Commands;

/// <summary>The flags that put a run's configuration together; every one that stands for a key takes what the key takes.</summary>
internal static class RunOptions
{
    /// <summary>Key, flag.</summary>
    private static readonly IReadOnlyList<(Key Key, Option<string?> Option)> Keys =
    [
        .. ConfigKeys.All.Where(key => key.Flag is not null).Select(key => (key, Create(key))),
    ];

    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "any key of the configuration (repeatable)",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public static readonly Option<string[]> Tag = new("--tag")
    {
        Description = "label shown in lists (repeatable)",
        HelpName = "K=V",
        AllowMultipleArgumentsPerToken = false,
    };

    static RunOptions() =>
        Set.CompletionSources.Add(_ =>
            ConfigKeys.All.Select(key => new System.CommandLine.Completions.CompletionItem(key.Path + "="))
        );

    public static IReadOnlyList<Option> All { get; } = [.. Keys.Select(pair => pair.Option), Set, Tag];

    /// <summary>What flags, environment and a file say.</summary>
    /// <param name="parsed">A command line of a command that has <see cref="All"/>.</param>
    /// <param name="context">The process.</param>
    /// <param name="file">Configuration file; null for none.</param>
    /// <exception cref="FaultException">MM1006: the file cannot be read, or is not text.</exception>
    public static ConfigurationSources Sources(ParseResult parsed, CommandContext context, string? file) =>
        new()
        {
            FileName = file is null ? null : ConfigurationText.NameOf(file),
            FileText = file is null ? "" : ConfigurationText.Read(file, context),
            Flags =
            [
                .. Keys.Select(pair => (pair.Option.Name, pair.Key.Path, Value: parsed.GetValue(pair.Option)))
                    .Where(flag => flag.Value is not null)
                    .Select(flag => (flag.Name, flag.Path, flag.Value!)),
                .. parsed.GetValue(GlobalOptions.Cluster) is { } cluster
                    ? [(GlobalOptions.Cluster.Name, "distribution.cluster", cluster)]
                    : Array.Empty<(string, string, string)>(),
            ],
            Sets = parsed.GetValue(Set) ?? [],
            Tags = parsed.GetValue(Tag) ?? [],
            Environment = context.Environment,
            WorkingFolder = context.WorkingFolder,
            FindWeights = (runs, place) =>
                WeightsPlace.Find(
                    context.WorkingFolder,
                    runs,
                    place,
                    words => Invocation.From(parsed, context).Terminal.Say(new Line().Add(words, "grey"))
                ),
        };

    private static Option<string?> Create(Key key)
    {
        var option = new Option<string?>(key.Flag!)
        {
            Description = key.Doc,
            HelpName =
                key.Value is ChoiceValue
                    ? string.Join('|', key.Value.Completions.Take(6))
                    : key.Value.Example,
        };
        option.CompletionSources.Add(_ =>
            key.Value.Completions.Select(word => new System.CommandLine.Completions.CompletionItem(word))
        );
        return option;
    }
}
