using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Learning.Diagnosis;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm why RUN</c></summary>
internal sealed class WhyCommand : Command
{
    private readonly Argument<string> _run = RunArguments.Run();
    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new WhyCommand(input => Invocation.ForCluster(input, context));

    private WhyCommand(Func<ParseResult, Invocation> invocation)
        : base("why", "Explain failures, restarts and slow rounds, and where the time went.")
    {
        Add(_run);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                await using var shelf = await RunShelf.OpenAsync(
                    context,
                    input.GetValue(_output),
                    cancellationToken
                );
                return Explain(
                    context,
                    await shelf.ResolveAsync(input.GetRequiredValue(_run), cancellationToken)
                );
            }
        );
    }

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
