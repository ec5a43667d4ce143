using System.CommandLine;
using System.CommandLine.Completions;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Invocations;

/// <summary>Arguments and options that several verbs on runs share.</summary>
internal static class RunArguments
{
    private const string Name = "RUN";
    private const string OutputName = "--output";
    private const string FolderName = "--runs";

    public static Argument<string> Run() =>
        new(Name)
        {
            Description = "A run: its id, the beginning of it, its name, 'latest', or its folder's path.",
        };

    public static Argument<string[]> Runs(int least) =>
        new(Name)
        {
            Description = "Runs: their ids, beginnings of them, names, 'latest', or their folders' paths.",
            Arity = new ArgumentArity(least, 1000),
        };

    public static Option<string?> Output() =>
        new(OutputName)
        {
            Description = "Folder that holds the runs; MM_OUTPUT_DIR, or ./runs.",
            HelpName = "DIR",
        };

    /// <summary>For verbs whose own output <c>--output</c> names.</summary>
    public static Option<string?> Folder() =>
        new(FolderName)
        {
            Description = "Folder that holds the runs; MM_OUTPUT_DIR, or ./runs.",
            HelpName = "DIR",
        };

    /// <summary>For verbs that compute in this process.</summary>
    public static Option<string> Device() =>
        new Option<string>("--device")
        {
            Description = "Kind of device.",
            HelpName = "auto|cpu|cuda",
            DefaultValueFactory = _ => "auto",
        }.AcceptOnlyFromAmong("auto", "cpu", "cuda");

    /// <summary>For verbs that use a run's model, or another one.</summary>
    public static Option<string?> Checkpoint() =>
        new("--checkpoint")
        {
            Description = "With a run: which checkpoint, such as epoch-42; the newest intact one.",
            HelpName = "CHECKPOINT",
        };

    /// <summary>For verbs that take a model file of another program.</summary>
    public static Option<string?> Like() =>
        new("--like")
        {
            Description =
                "With a file that has no model.json: a run with the same network, classes and images.",
            HelpName = "RUN",
        };

    /// <summary>Lets every argument that is a run complete from the folder that its verb would look into.</summary>
    public static void Complete(Command command, CommandContext context)
    {
        foreach (var argument in command.Arguments.Where(argument => argument.Name == Name))
            argument.CompletionSources.Add(asked =>
                Folder(asked.ParseResult, context)
                    .List()
                    .Select(run => new CompletionItem(run.Id, detail: run.Name))
            );
        foreach (var verb in command.Subcommands)
            Complete(verb, context);
    }

    // Help asks for completions too, with a command line that may lack the verb.
    private static RunCatalogue Folder(ParseResult parsed, CommandContext context)
    {
        return new(
            Path.Combine(
                context.WorkingFolder,
                FolderOf(parsed) ?? context.Environment["MM_OUTPUT_DIR"] ?? "runs"
            )
        );
    }

    /// <summary>The folder of the runs that was typed; null for none.</summary>
    public static string? FolderOf(ParseResult parsed)
    {
        var options = parsed.CommandResult.Command.Options.OfType<Option<string?>>().ToList();
        var output =
            options.Find(option => option.Name == FolderName)
            ?? options.Find(option => option.Name == OutputName);
        return output is null ? null : parsed.GetValue(output);
    }
}
