using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Journeys.Support;

/// <summary>The verbs and flags that the program has, as it says itself.</summary>
internal static class CommandTree
{
    /// <summary>In the place of a verb: flags of every verb.</summary>
    public const string EveryVerb = "mm";

    private static readonly Lock Gate = new();

    private static readonly CommandContext Context = new()
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        Environment = EnvironmentSnapshot.Empty,
        Clock = TimeProvider.System,
        WorkingFolder = "/",
    };

    private static RootCommand Root { get; } = MmRootCommand.Create(Context);

    /// <summary>Every verb that does something, alone and with each of its flags.</summary>
    public static IReadOnlyList<TypedFlag> All { get; } =
    [
        .. Root
            .Options.Where(option => option is not (HelpOption or VersionOption))
            .Select(option => new TypedFlag(EveryVerb, option.Name)),
        .. Root.Subcommands.SelectMany(verb => Below(verb, "")),
    ];

    /// <summary>Words that stand behind <c>mm</c>.</summary>
    public static IReadOnlySet<string> Verbs { get; } =
        Root.Subcommands.Select(verb => verb.Name).ToHashSet();

    /// <summary>Whether it is a verb without anything behind it: a sentence names it, and no user is to type it.</summary>
    public static bool IsBare(string command) =>
        All.Any(flag => flag.Flag.Length == 0 && command == $"mm {flag.Verb}");

    /// <summary>Verb and flags of a command line; none for what is asked without a verb.</summary>
    public static IReadOnlyList<TypedFlag> Read(IReadOnlyList<string> words)
    {
        lock (Gate)
        {
            var parsed = Root.Parse(words);
            var verb = Name(parsed.CommandResult);
            // Asking for a verb's help is not walking it.
            if (verb.Length == 0 || parsed.Tokens.Any(token => token.Value is "--help" or "-h"))
                return [];
            var flags = new List<TypedFlag> { new(verb, "") };
            for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
                if (at is CommandResult command)
                    flags.AddRange(
                        command
                            .Children.OfType<OptionResult>()
                            .Where(option =>
                                !option.Implicit && option.Option is not (HelpOption or VersionOption)
                            )
                            .Select(option => new TypedFlag(
                                option.Option.Recursive ? EveryVerb : verb,
                                option.Option.Name
                            ))
                    );
            return flags;
        }
    }

    /// <summary>Why the program does not take a command; null when it does.</summary>
    /// <param name="words">With <c>mm</c>.</param>
    public static string? WhyNot(IReadOnlyList<string> words)
    {
        lock (Gate)
        {
            try
            {
                CommandLineFaults.ThrowIfAny(MmRootCommand.Parse([.. words.Skip(1)], Context), Context);
                return null;
            }
            catch (FaultException refusal)
            {
                return refusal.Message;
            }
        }
    }

    private static IEnumerable<TypedFlag> Below(Command verb, string before)
    {
        if (verb.Hidden)
            yield break;
        var name = before + verb.Name;
        if (verb.Subcommands.Count == 0)
            yield return new(name, "");
        foreach (var option in verb.Options.Where(o => !o.Hidden && !o.Recursive && o is not HelpOption))
            yield return new(name, option.Name);
        foreach (var flag in verb.Subcommands.SelectMany(inner => Below(inner, name + " ")))
            yield return flag;
    }

    private static string Name(CommandResult result) =>
        result.Parent is CommandResult above ? $"{Name(above)} {result.Command.Name}".TrimStart() : "";
}
