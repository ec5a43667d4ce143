using System.CommandLine;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Client.Invocations;

/// <summary>The flags of every verb.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "results as JSON",
        Recursive = true,
    };

    public static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "no progress and no messages",
        Recursive = true,
    };

    public static readonly Option<bool[]> Verbose = new("--verbose", "-v")
    {
        Description = "more messages, stack traces with errors (repeatable)",
        Recursive = true,
        Arity = ArgumentArity.Zero,
        CustomParser = _ => [true],
    };

    public static readonly Option<string> Color = new Option<string>("--color")
    {
        Description = "colour of the display",
        HelpName = "auto|always|never",
        Recursive = true,
        DefaultValueFactory = _ => "auto",
    }.AcceptOnlyFromAmong("auto", "always", "never");

    public static readonly Option<string?> Cluster = new("--cluster")
    {
        Description =
            "address of a cluster; none: train in this process, even if MM_CLUSTER is set; default: MM_CLUSTER",
        HelpName = "HOST:PORT|https://HOST|none",
        Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "file that holds the token for a cluster over HTTP; or MM_TOKEN",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<bool> NoInput = new("--no-input")
    {
        Description = "never ask; take the safe answer",
        Recursive = true,
    };

    /// <summary>Names the cluster where no flag does.</summary>
    public const string ClusterVariable = "MM_CLUSTER";

    public static IReadOnlyList<Option> All { get; } =
    [Json, Quiet, Verbose, Color, Cluster, TokenFile, NoInput];

    /// <summary>What was said about them on this command line.</summary>
    public static GlobalSettings Read(ParseResult parsed, CommandContext context) =>
        new(
            parsed.GetValue(Json),
            parsed.GetValue(Quiet),
            parsed.GetResult(Verbose)?.IdentifierTokenCount ?? 0,
            parsed.GetValue(Color) ?? "auto",
            (parsed.GetValue(Cluster) ?? context.Environment[ClusterVariable]) is { } cluster
            && !ClusterName.IsNone(cluster)
                ? cluster
                : null,
            parsed.GetValue(TokenFile),
            parsed.GetValue(NoInput)
        );

    /// <summary>Asked before there is a parse result: an error in parsing also honours -v.</summary>
    public static bool IsVerbose(string argument) =>
        argument == "--verbose"
        || (argument.Length > 1 && argument[0] == '-' && argument[1..].All(c => c == 'v'));
}
