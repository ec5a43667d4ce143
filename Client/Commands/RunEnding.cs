using MMOrleans.Client.Output;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary>The last lines of a run and the exit code that belongs to them.</summary>
internal static class RunEnding
{
    /// <summary>Prints the run's summary.</summary>
    /// <returns>0 when it finished, 7 when it was stopped.</returns>
    /// <exception cref="LearningFault">The run failed: its error comes last, by whoever prints errors.</exception>
    public static int Report(Invocation invocation, RunFolder folder)
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
                    .Lines(record, invocation.Shown(folder.Path), standing, invocation.Terminal.Glyphs)
                    .Concat(RunSummary.Next(record, standing))
            );
        }

        invocation.Terminal.Output.Flush();
        if (record.Error is { } error && standing == RunStatusName.Failed)
        {
            throw new LearningFault(error.Code, error.Message, error.Fix);
        }

        return standing is RunStatusName.Stopped or RunStanding.Interrupted
            ? ExitCode.StoppedByOthers
            : ExitCode.Success;
    }
}
