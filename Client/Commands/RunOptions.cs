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
    private const string Set = "--set";
    private const string Tag = "--tag";

    /// <summary>The options of one command. Each keeps every command that it was ever added to, so that no two share one.</summary>
    public static IReadOnlyList<Option> Create() =>
        [
            .. ConfigKeys.All.Where(key => key.Flag is not null).Select(key => new KeyOption(key)),
            new TextsOption(Set, "any key of the configuration (repeatable)", "KEY=VALUE")
            {
                CompletionSources =
                {
                    _ =>
                        ConfigKeys.All.Select(key => new System.CommandLine.Completions.CompletionItem(
                            key.Path + "="
                        )),
                },
            },
            new TextsOption(Tag, "label shown in lists (repeatable)", "K=V"),
        ];

    /// <summary>What flags, environment and a file say.</summary>
    /// <param name="parsed">A command line of a command that has options of <see cref="Create"/>.</param>
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
                .. parsed
                    .CommandResult.Command.Options.OfType<KeyOption>()
                    .Select(option => (option.Name, option.Key.Path, Value: parsed.GetValue(option)))
                    .Where(flag => flag.Value is not null)
                    .Select(flag => (flag.Name, flag.Path, flag.Value!)),
                .. GlobalOptions.Cluster(parsed) is { } cluster
                    ? [(GlobalOptions.ClusterFlag, "distribution.cluster", cluster)]
                    : Array.Empty<(string, string, string)>(),
            ],
            Sets = Texts(parsed, Set),
            Tags = Texts(parsed, Tag),
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

    private static string[] Texts(ParseResult parsed, string name) =>
        parsed
            .CommandResult.Command.Options.OfType<TextsOption>()
            .SingleOrDefault(option => option.Name == name)
            is { } texts
            ? parsed.GetValue(texts) ?? []
            : [];

    /// <summary>A flag that stands for a key.</summary>
    private sealed class KeyOption : Option<string?>
    {
        public KeyOption(Key key)
            : base(key.Flag!)
        {
            Key = key;
            Description = key.Doc;
            HelpName =
                key.Value is ChoiceValue
                    ? string.Join('|', key.Value.Completions.Take(6))
                    : key.Value.Example;
            CompletionSources.Add(_ =>
                key.Value.Completions.Select(word => new System.CommandLine.Completions.CompletionItem(word))
            );
        }

        public Key Key { get; }
    }

    /// <summary>A flag that may be given several times.</summary>
    private sealed class TextsOption : Option<string[]>
    {
        public TextsOption(string name, string description, string wants)
            : base(name) =>
            (Description, HelpName, AllowMultipleArgumentsPerToken) = (description, wants, false);
    }
}
