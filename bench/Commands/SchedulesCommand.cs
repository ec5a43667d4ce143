using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench schedules</c></summary>
internal sealed class SchedulesCommand : Benchmark
{
    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "How long.",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<int> _from = BenchOptions.Number(
        "--from",
        1_000_000,
        "The first seed; every kind plays all that follow."
    );

    public SchedulesCommand()
        : base("schedules", "Faults on the protocol in virtual time.")
    {
        Add(_minutes);
        Add(_from);
    }

    public override BriefRun Brief { get; } = new("--minutes", "0.05");

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) => Schedules.RunAsync(input.GetValue(_minutes), input.GetValue(_from), output);
}
