using System.CommandLine;
using MMOrleans.Bench.Commands;

namespace MMOrleans.Bench.Soak;

/// <summary><c>bench soak</c></summary>
internal sealed class SoakCommand : Benchmark
{
    private readonly Option<int> _silos = BenchOptions.Number("--silos", 1, "Silo processes.");
    private readonly Option<int> _runs = BenchOptions.Number(
        "--runs",
        60,
        "Small runs; of ten, some are stopped, refused or fail."
    );
    private readonly Option<int> _every = BenchOptions.Number(
        "--every",
        10,
        "Runs between two readings; the last reading is held against the second."
    );
    private readonly Option<string?> _cifar = new("--cifar")
    {
        Description = "Ten runs on CIFAR-10 instead, read from this folder; a reading after each.",
        HelpName = "DIR",
    };

    public SoakCommand()
        : base("soak", "Memory, files, threads, grains and trainers in use after many runs beside after few.")
    {
        Add(_silos);
        Add(_runs);
        Add(_every);
        Add(_cifar);
    }

    public override BriefRun Brief { get; } = new("--runs", "6", "--every", "2") { MayMiss = true };

    protected override async Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var silos = input.GetValue(_silos);
        return input.GetValue(_cifar) is { } data
            ? await SoakTest.RunAsync(SoakPlan.Cifar(data), silos, every: 1, data, output)
            : await SoakTest.RunAsync(
                SoakPlan.Small(input.GetValue(_runs), silos),
                silos,
                input.GetValue(_every),
                data: null,
                output
            );
    }
}
