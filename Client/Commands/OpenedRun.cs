using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary>The run that a verb is about, on the shelf that it was found on.</summary>
/// <param name="Invocation">What the verb got beside its arguments.</param>
/// <param name="Shelf">Open until the verb is done.</param>
/// <param name="Folder">The run's, or a copy of a cluster's.</param>
internal sealed record OpenedRun(Invocation Invocation, RunLibrary Shelf, RunFolder Folder)
{
    /// <summary>Makes a verb one on a run of a folder or a cluster: it takes <c>RUN</c> and <c>--output</c>, and gets the run opened.</summary>
    /// <param name="verb">The verb; its own options are there already.</param>
    /// <param name="context">What the process knows.</param>
    /// <param name="act">What it does with the run; gives the exit code.</param>
    public static void For(
        Command verb,
        CommandContext context,
        Func<OpenedRun, ParseResult, CancellationToken, Task<int>> act
    )
    {
        var run = RunArguments.Run();
        var output = RunArguments.Output();
        verb.Add(run);
        verb.Add(output);
        verb.SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                await using var shelf = await RunLibrary.OpenAsync(
                    invocation,
                    input.GetValue(output),
                    cancellationToken
                );
                var folder = await shelf.ResolveAsync(input.GetRequiredValue(run), cancellationToken);
                return await act(new(invocation, shelf, folder), input, cancellationToken);
            }
        );
    }
}
