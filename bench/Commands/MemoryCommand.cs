using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench memory</c></summary>
internal sealed class MemoryCommand : Benchmark
{
    private readonly Option<int> _rounds = BenchOptions.Number(
        "--rounds",
        2000,
        "Rounds after which the memory is measured, beside that after 200."
    );

    public MemoryCommand()
        : base("memory", "Resident memory late in a run beside early in it.") => Add(_rounds);

    public override BriefRun Brief { get; } = new("--rounds", "400") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) => Memory.RunAsync(input.GetValue(_rounds), output);
}
