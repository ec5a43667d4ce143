using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace MMOrleans.Client.Commands;

/// <summary>Puts verbs and common flags together.</summary>
internal static class MmRootCommand
{
    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand(
            "Trains image classifiers on imbalanced data, on one machine or a cluster."
        );
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        // The other help aliases are those of another system, and the version's own text lacks the commit.
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Aliases.Remove("-?");
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
        }

        foreach (var create in Verbs.All)
            root.Subcommands.Add(create(context));
        RunArguments.Complete(root, context);
        return root;
    }
}
