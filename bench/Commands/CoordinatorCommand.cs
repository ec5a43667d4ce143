using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench coordinator</c></summary>
internal sealed class CoordinatorCommand : Benchmark
{
    private readonly Option<int[]> _trainers = new("--trainers")
    {
        Description = "Trainers of the run that is led; a line each.",
        HelpName = "N…",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [100, 1000, 10_000],
    };

    private readonly Option<int> _seconds = BenchOptions.Number(
        "--seconds",
        10,
        "Simulated seconds of calm, of a join and of a death, each."
    );

    public CoordinatorCommand()
        : base("coordinator", "Processor time that leading a run takes, by its trainers.")
    {
        _trainers.Validators.Add(given =>
        {
            foreach (var token in given.Tokens)
                if (int.TryParse(token.Value, out var number) && number < CoordinatorLoad.Fewest)
                    given.AddError(
                        $"--trainers must be at least {CoordinatorLoad.Fewest}, so that a silo can die; got {number}."
                    );
        });
        Add(_trainers);
        Add(_seconds);
    }

    public override BriefRun Brief { get; } =
        new("--trainers", "100", "1000", "--seconds", "8") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) => CoordinatorLoad.RunAsync(input.GetRequiredValue(_trainers), input.GetValue(_seconds), output);
}
