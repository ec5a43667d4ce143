using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench lines</c>: what the schedules have executed. <c>build/Lines</c> plays them and calls it.</summary>
internal sealed class LinesCommand : Command
{
    private readonly Option<string> _report = new("--report")
    {
        Description = "What a run of the schedules has executed, in Cobertura's format.",
        HelpName = "FILE",
        Required = true,
    };

    public LinesCommand()
        : base("lines", "The pure machines' lines that the schedules execute; build/Lines plays them first.")
    {
        Add(_report);
        SetAction(
            async (input, _) =>
                await Lines.RunAsync(input.GetValue(_report)!, input.InvocationConfiguration.Output) ? 0 : 1
        );
    }
}
