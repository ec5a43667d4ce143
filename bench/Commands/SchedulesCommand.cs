using System.CommandLine;
using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench schedules</c></summary>
internal sealed class SchedulesCommand : Benchmark
{
    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "How long, unless --seeds says how many.",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<int?> _seeds = new("--seeds")
    {
        Description = "How many of each kind; of one seed of one kind the log is shown.",
        HelpName = "N",
    };

    private readonly Option<int> _from = BenchOptions.Number(
        "--from",
        1_000_000,
        "The first seed; every kind plays all that follow."
    );

    private readonly Option<string?> _kind = new Option<string?>("--kind")
    {
        Description = "The one kind to be played.",
        HelpName = "NAME",
    }.AcceptOnlyFromAmong([.. ScheduleKind.All.Select(kind => kind.Name)]);

    public SchedulesCommand()
        : base("schedules", "Faults on the protocol in virtual time.")
    {
        Add(_minutes);
        Add(_seeds);
        Add(_from);
        Add(_kind);
    }

    public override BriefRun Brief { get; } = new("--seeds", "5");

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        Schedules.RunAsync(
            input.GetValue(_seeds) is { } seeds
                ? new(TimeSpan.MaxValue, seeds)
                : new(TimeSpan.FromMinutes(input.GetValue(_minutes)), int.MaxValue),
            input.GetValue(_from),
            input.GetValue(_kind),
            output
        );
}
