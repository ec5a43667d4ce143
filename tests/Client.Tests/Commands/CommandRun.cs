using MMOrleans.Client.Commands;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>A command line run in this process, with what it wrote.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>A line without blanks in its words.</summary>
    public static Task<CommandRun> OfAsync(
        string commandLine,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        string input = "",
        CancellationToken? cancellationToken = null
    ) =>
        OfAsync(
            commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            environment,
            folder,
            input,
            cancellationToken
        );

    public static async Task<CommandRun> OfAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        string input = "",
        CancellationToken? cancellationToken = null
    )
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var context = new CommandContext
        {
            Input = new StringReader(input),
            Output = output,
            Error = error,
            Environment = new(
                environment ?? new Dictionary<string, string> { ["HOME"] = Path.GetTempPath() }
            ),
            Clock = TimeProvider.System,
            WorkingFolder = folder ?? Path.GetTempPath(),
        };
        var code = await MmApplication.RunAsync(
            arguments,
            context,
            cancellationToken: cancellationToken ?? TestContext.Current.CancellationToken
        );
        return new(code, output.ToString(), error.ToString());
    }
}
