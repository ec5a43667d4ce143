using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench arena</c></summary>
internal sealed class ArenaCommand : Benchmark
{
    private readonly Option<int> _kills = BenchOptions.Number("--kills", 1000, "Processes that are killed.");
    private readonly Option<int> _elements = BenchOptions.Number(
        "--elements",
        25_000_000,
        "Numbers in a vector."
    );
    private readonly Option<int> _seed = BenchOptions.Number("--seed", 1, "Of the moments.");

    public ArenaCommand()
        : base("arena", "Vectors read from the memory of processes that are killed at any moment.")
    {
        Add(_kills);
        Add(_elements);
        Add(_seed);
    }

    public override BriefRun Brief { get; } = new("--kills", "3", "--elements", "1000000");

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        ArenaDeaths.RunAsync(
            input.GetValue(_kills),
            input.GetValue(_elements),
            input.GetValue(_seed),
            output
        );
}
