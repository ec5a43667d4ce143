using System.CommandLine;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Client.Invocations;

/// <summary>The flags of every verb.</summary>
internal static class GlobalOptions
{
    /// <summary>Names a cluster, or none.</summary>
    public const string ClusterFlag = "--cluster";

    private const string Json = "--json";
    private const string Quiet = "--quiet";
    private const string Verbose = "--verbose";
    private const string Color = "--color";
    private const string TokenFile = "--token-file";
    private const string NoInput = "--no-input";

    /// <summary>Names the cluster where no flag does.</summary>
    public const string ClusterVariable = "MM_CLUSTER";

    /// <summary>The options of one command line. Each keeps every command that it was ever added to, so that no two command lines share one.</summary>
    public static IReadOnlyList<Option> Create() =>
        [
            new Option<bool>(Json) { Description = "results as JSON", Recursive = true },
            new Option<bool>(Quiet, "-q") { Description = "no progress and no messages", Recursive = true },
            new Option<bool[]>(Verbose, "-v")
            {
                Description = "more messages, stack traces with errors (repeatable)",
                Recursive = true,
                Arity = ArgumentArity.Zero,
                CustomParser = _ => [true],
            },
            new Option<string>(Color)
            {
                Description = "colour of the display",
                HelpName = "auto|always|never",
                Recursive = true,
                DefaultValueFactory = _ => "auto",
            }.AcceptOnlyFromAmong("auto", "always", "never"),
            new Option<string?>(ClusterFlag)
            {
                Description =
                    "address of a cluster; none: train in this process, even if MM_CLUSTER is set; default: MM_CLUSTER",
                HelpName = "HOST:PORT|https://HOST|none",
                Recursive = true,
            },
            new Option<string?>(TokenFile)
            {
                Description = "file that holds the token for a cluster over HTTP; or MM_TOKEN",
                HelpName = "FILE",
                Recursive = true,
            },
            new Option<bool>(NoInput) { Description = "never ask; take the safe answer", Recursive = true },
        ];

    /// <summary>What was said about them on this command line.</summary>
    public static GlobalSettings Read(ParseResult parsed, CommandContext context) =>
        new(
            Value<bool>(parsed, Json),
            Value<bool>(parsed, Quiet),
            parsed.GetResult(Of(parsed, Verbose))?.IdentifierTokenCount ?? 0,
            Value<string>(parsed, Color) ?? "auto",
            (Cluster(parsed) ?? context.Environment[ClusterVariable]) is { } cluster
            && !ClusterName.IsNone(cluster)
                ? cluster
                : null,
            Value<string?>(parsed, TokenFile),
            Value<bool>(parsed, NoInput)
        );

    /// <summary>What was typed behind <see cref="ClusterFlag"/>; null where it was not.</summary>
    public static string? Cluster(ParseResult parsed) => Value<string?>(parsed, ClusterFlag);

    /// <summary>Asked before there is a parse result: an error in parsing also honours -v.</summary>
    public static bool IsVerbose(string argument) =>
        argument == Verbose
        || (argument.Length > 1 && argument[0] == '-' && argument[1..].All(c => c == 'v'));

    private static T? Value<T>(ParseResult parsed, string name) =>
        parsed.GetValue((Option<T>)Of(parsed, name));

    private static Option Of(ParseResult parsed, string name) =>
        parsed.RootCommandResult.Command.Options.Single(option => option.Name == name);
}
