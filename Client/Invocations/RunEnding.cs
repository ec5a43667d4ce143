using MMOrleans.Client.Output;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Invocations;

/// <summary>The last lines of a run and the exit code that belongs to them.</summary>
internal static class RunEnding
{
    /// <summary>Prints the run's summary.</summary>
    /// <param name="invocation">Where to.</param>
    /// <param name="folder">The run.</param>
    /// <param name="interrupted">Exit code of the interrupt that ended it; null when nobody interrupted.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FaultException">The run failed: its error is printed last, as every error is.</exception>
    public static int Report(Invocation invocation, RunFolder folder, int? interrupted = null)
    {
        var record = RunRecord.Read(folder.Record);
        var standing = RunStanding.Of(record, folder);
        if (invocation.Json)
        {
            RunJson.WriteLine(invocation.Terminal.Output, RunDocument.Of(record, folder));
        }
        else
        {
            invocation.Terminal.WriteLines(
                RunSummary
                    .Lines(record, invocation.Shown(folder), standing, invocation.Terminal.Glyphs)
                    .Concat(RunSummary.Next(record, standing, invocation.ClusterFlag))
            );
        }

        invocation.Terminal.Output.Flush();
        if (record.Error is { } error && standing == RunStatus.Failed)
        {
            throw new FaultException(error);
        }

        if (interrupted is { } code && standing == RunStatus.Stopped)
        {
            if (!invocation.Json && !invocation.Quiet)
            {
                invocation.Terminal.Say(
                    new Line().Add(SavedState.Words(folder, record, invocation.ClusterFlag))
                );
            }

            return code;
        }

        return standing is RunStatus.Stopped or RunStatus.Interrupted
            ? ExitCode.StoppedByOthers
            : ExitCode.Success;
    }
}
