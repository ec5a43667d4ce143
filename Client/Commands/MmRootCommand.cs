using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Commands;

/// <summary>Puts verbs and common flags together.</summary>
internal static class MmRootCommand
{
    // An argument is what was typed: @name is a name, not a file to read arguments from.
    private static readonly ParserConfiguration Literal = new() { ResponseFileTokenReplacer = null };

    /// <summary>Reads a command line; what is wrong with it is among the result's errors.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args, CommandContext context) =>
        Parse(Create(context), args);

    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> args) =>
        root.Parse(args, Literal);

    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand(
            "Trains image classifiers on imbalanced data, on one machine or a cluster."
        );
        foreach (var option in GlobalOptions.Create())
            root.Options.Add(option);
        // The other help aliases are those of another system, and the version's own text lacks the commit.
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Aliases.Remove("-?");
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
        }

        foreach (var verb in Verbs.All)
            root.Subcommands.Add(verb.Create(context));
        RunArguments.Complete(root, context);
        return root;
    }
}
