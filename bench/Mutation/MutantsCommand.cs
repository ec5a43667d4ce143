using System.CommandLine;
using MMOrleans.Bench.Commands;

namespace MMOrleans.Bench.Mutation;

/// <summary><c>bench mutants</c></summary>
internal sealed class MutantsCommand : Benchmark
{
    private readonly Option<int> _schedules = BenchOptions.Number(
        "--schedules",
        100_000,
        "Most schedules that each is played in."
    );

    private readonly Option<int> _mutants = BenchOptions.Number(
        "--mutants",
        300,
        "How many are drawn from those that the syntax gives; those that are named come on top."
    );

    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "None is begun after so long.",
        HelpName = "N",
        DefaultValueFactory = _ => 1440,
    };

    private readonly Option<int> _workers = BenchOptions.Number(
        "--workers",
        Environment.ProcessorCount,
        "Processes that play them."
    );

    private readonly Option<int> _seed = BenchOptions.Number("--seed", 1, "Of the sample.");

    private readonly Option<string?> _only = new("--only")
    {
        Description = "Those whose name has this in it.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _results = new("--results")
    {
        Description = "A file that gets a line for each as it is judged, and spares those that stand in it.",
        HelpName = "FILE",
    };

    public MutantsCommand()
        : base("mutants", "Bugs planted in the protocol, and how many of them the schedules find out.")
    {
        foreach (var option in (Option[])[_schedules, _mutants, _minutes, _workers, _seed, _only, _results])
            Add(option);
    }

    public override BriefRun Brief { get; } =
        new("--schedules", "2", "--mutants", "6", "--minutes", "0.3") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        MutationScore.RunAsync(
            new(
                input.GetRequiredValue(_schedules),
                input.GetRequiredValue(_mutants),
                TimeSpan.FromMinutes(input.GetRequiredValue(_minutes)),
                input.GetRequiredValue(_workers),
                input.GetRequiredValue(_seed),
                input.GetValue(_only),
                input.GetValue(_results)
            ),
            output
        );
}
