using System.CommandLine;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm explain CODE</c>: the long text of an error code.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommandContext context)
    {
        var code = new Argument<string>("code") { Description = "such as MM1004", HelpName = "CODE" };
        code.CompletionSources.Add(_ =>
            FaultCatalogue.All.Select(entry => new System.CommandLine.Completions.CompletionItem(entry.Code))
        );
        var command = new Command("explain", "Print the long text for an error code.") { code };
        command.SetAction(parsed =>
            Explain(parsed.GetRequiredValue(code), GlobalOptions.Read(parsed, context), context)
        );
        return command;
    }

    private static int Explain(string code, GlobalSettings settings, CommandContext context)
    {
        var entry =
            FaultCatalogue.Find(code)
            ?? throw new FaultException(
                "MM1007",
                $"no error code '{code}'{Suggestion.Ask(code.ToUpperInvariant(), FaultCatalogue.All.Select(e => e.Code))}",
                $"one of: {string.Join(", ", FaultCatalogue.All.Select(e => e.Code))}"
            );
        if (settings.Json)
            context.Output.WriteJson(
                "mm/explain/v1",
                new
                {
                    code = entry.Code,
                    exit_code = entry.ExitCode,
                    title = entry.Title,
                    explanation = entry.Explanation,
                    example = entry.Example,
                    fix = entry.Fix,
                }
            );
        else
            context.Output.WriteLine(
                $"{entry.Code}  {entry.Title} (exit code {entry.ExitCode})\n\n{entry.Explanation}\n\nExample\n  error {entry.Code}: {entry.Example}\n\nFix\n  {entry.Fix}"
            );
        return ExitCode.Success;
    }
}
