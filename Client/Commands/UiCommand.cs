using System.CommandLine;
using System.Runtime.CompilerServices;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Pages;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm ui [DIR]</c></summary>
internal sealed class UiCommand : Command
{
    private readonly Argument<string?> _folder = new("DIR")
    {
        Description = "Folder that holds the runs; MM_OUTPUT_DIR, or ./runs.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _port = new("--port")
    {
        Description = "Port on this machine's loopback; 0 for a free one.",
        HelpName = "N",
        DefaultValueFactory = _ => PageServer.UsualPort,
    };

    public static Command Create(CommandContext context) =>
        new UiCommand(input => Invocation.From(input, context));

    private UiCommand(Func<ParseResult, Invocation> invocation)
        : base("ui", "Serve the web page over local runs, to this machine, until Ctrl-C.")
    {
        Add(_folder);
        Add(_port);
        SetAction(
            (input, interrupt) =>
                ServeAsync(invocation(input), input.GetValue(_folder), input.GetValue(_port), interrupt)
        );
    }

    // Not inlined: other verbs do not load what serves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ServeAsync(
        Invocation invocation,
        string? folder,
        int port,
        CancellationToken interrupt
    )
    {
        if (port is < 0 or > 65535)
            throw new FaultException("MM1004", $"--port must be 0 to 65535, got {port}", "mm ui --port 8080");
        var runs = invocation.RunsFolder(folder);
        if (folder is not null && !Directory.Exists(runs))
            throw new FaultException(
                "MM1004",
                $"DIR {folder} is not a folder",
                "give the folder that holds the runs, or none for ./runs"
            );
        await using var server = await PageServer.StartAsync(new RunCatalogue(runs), port, interrupt);
        invocation.Answer(
            () =>
            {
                var document = RunJson.Of("ui");
                document["address"] = server.Address;
                document["runs"] = runs;
                return document;
            },
            () =>
                [
                    new Line()
                        .Add(server.Address, "bold cyan")
                        .Add($"  runs of {invocation.Shown(runs)}; Ctrl-C ends it"),
                ]
        );
        await invocation.Terminal.Output.FlushAsync(CancellationToken.None);
        await Task.WhenAny(Task.Delay(Timeout.Infinite, interrupt));
        return ExitCode.Success;
    }
}
