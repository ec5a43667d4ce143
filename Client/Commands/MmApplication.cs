using System.CommandLine;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Client.Commands;

/// <summary>Parses a command line, runs its verb, and turns whatever it throws into an error block and an exit code.</summary>
internal static class MmApplication
{
    public static Task<int> RunAsync(
        IReadOnlyList<string> args,
        CommandContext context,
        StopSignals signals
    ) => RunAsync(args, context, () => signals.Code, signals.Token);

    /// <param name="args">Without the program's name.</param>
    /// <param name="context">Where results and messages go, and what the process knows.</param>
    /// <param name="interruptCode">Exit code of a verb that was cancelled.</param>
    /// <param name="cancellationToken">Handed to the verb.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        CommandContext context,
        Func<int>? interruptCode = null,
        CancellationToken cancellationToken = default
    )
    {
        var renderer = new ErrorRenderer(
            context.Error,
            json: args.Contains("--json"),
            verbose: args.Any(GlobalOptions.IsVerbose)
        );
        try
        {
            if (Completion.IsAsked(args))
            {
                return await Completion.AnswerAsync(args, context);
            }

            CommandLineFaults.ThrowIfSecret(args);
            var parsed = MmRootCommand.Parse(args, context);
            CommandLineFaults.ThrowIfAny(parsed, context);
            if (WithoutCluster(parsed, context) is { } alone)
                parsed = MmRootCommand.Parse(args, alone);
            var invocation = new InvocationConfiguration
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // StopSignals listens
            };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (FaultException fault)
        {
            return renderer.Write(fault);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return interruptCode?.Invoke() ?? ExitCode.Interrupted;
        }
        catch (IOException broken) when (IsBrokenPipe(broken))
        {
            return ExitCode.Success;
        }
        catch (Exception refused) when (SystemFault.Of(refused) is { } fault)
        {
            return renderer.Write(fault);
        }
        catch (Exception bug)
        {
            return renderer.Write(
                new FaultException(
                    "MM9099",
                    $"internal error in {string.Join(' ', args.TakeWhile(a => !a.StartsWith('-')).Take(2).Prepend("mm"))}: {bug.GetType().Name}: {bug.Message}",
                    "run it again with -v for the stack trace and report it with that",
                    bug
                )
            );
        }
    }

    /// <summary>
    /// A verb that works in this process sees no cluster, so that it does the same in a pod whose environment names one. A flag was typed for
    /// this verb and is refused instead.
    /// </summary>
    /// <returns>Null when there is nothing to hide.</returns>
    private static CommandContext? WithoutCluster(ParseResult parsed, CommandContext context)
    {
        if (Verbs.Of(parsed) is not { Reach: Reach.ThisProcess } verb)
            return null;
        if (GlobalOptions.Cluster(parsed) is { } flag && !ClusterName.IsNone(flag))
            throw new FaultException(
                "MM1004",
                $"--cluster {flag} is not offered by mm {verb.Name}: it works in this process and on its files",
                "leave out --cluster"
            );
        if (context.Environment[GlobalOptions.ClusterVariable] is not { } inherited)
            return null;
        if (GlobalOptions.Read(parsed, context) is { Verbosity: > 0, Quiet: false })
            context.Error.WriteLine(
                $"{GlobalOptions.ClusterVariable}={inherited} is not used: mm {verb.Name} works in this process and on its files"
            );
        return context with { Environment = context.Environment.Without(GlobalOptions.ClusterVariable) };
    }

    private static bool IsBrokenPipe(IOException exception) =>
        exception.HResult == 32 // EPIPE
        || exception.Message.Contains("Broken pipe", StringComparison.OrdinalIgnoreCase);
}
