using System.CommandLine;
using System.CommandLine.Completions;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary>Arguments and options that several verbs on runs share.</summary>
internal static class RunArguments
{
    public static Argument<string> Run() =>
        Completing(
            new Argument<string>("RUN")
            {
                Description = "A run: its id, the beginning of it, its name, or 'latest'.",
            }
        );

    public static Argument<string[]> Runs(int least) =>
        Completing(
            new Argument<string[]>("RUN")
            {
                Description = "Runs: their ids, beginnings of them, names, or 'latest'.",
                Arity = new ArgumentArity(least, 1000),
            }
        );

    public static Option<string?> Output() =>
        new("--output")
        {
            Description = "Folder that holds the runs; MM_OUTPUT_DIR, or ./runs.",
            HelpName = "DIR",
        };

    private static Argument<T> Completing<T>(Argument<T> argument)
    {
        argument.CompletionSources.Add(_ =>
            new RunCatalogue("runs").List().Select(run => new CompletionItem(run.Id, detail: run.Name))
        );
        return argument;
    }
}
