using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench memory</c></summary>
internal sealed class MemoryCommand : Benchmark
{
    private readonly Option<int> _rounds = BenchOptions.Rounds();
    private readonly Option<int> _early = BenchOptions.Early();

    public MemoryCommand()
        : base("memory", "Resident memory late in a run beside early in it.")
    {
        Add(_rounds);
        Add(_early);
    }

    public override BriefRun Brief { get; } = new("--rounds", "40", "--early", "10") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) => Memory.RunAsync(input.GetValue(_rounds), input.GetValue(_early), output);
}
