using System.CommandLine;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm why RUN</c></summary>
internal sealed class WhyCommand : Command
{
    public static Command Create(CommandContext context) => new WhyCommand(context);

    private WhyCommand(CommandContext context)
        : base("why", "Explain failures, restarts and slow rounds, and where the time went.") =>
        OpenedRun.For(this, context, (run, _, _) => Task.FromResult(Explain(run.Invocation, run.Folder)));

    internal static int Explain(Invocation invocation, RunFolder folder)
    {
        var evidence = RunEvidence.Read(
            folder,
            invocation.Clock.GetUtcNow(),
            RunStanding.IsLive(folder),
            invocation.ClusterFlag
        );
        if (invocation.Json)
        {
            invocation.Terminal.Output.WriteLine(DiagnosisDocument.Of(evidence).ToJson());
        }
        else
        {
            invocation.Terminal.WriteLines(DiagnosisText.Lines(RunDiagnosis.Of(evidence)));
        }

        return 0;
    }
}
