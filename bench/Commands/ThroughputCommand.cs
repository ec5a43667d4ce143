using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench throughput</c></summary>
internal sealed class ThroughputCommand : Benchmark
{
    private readonly Option<string?> _data = BenchOptions.Data();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int?> _images = BenchOptions.Images(Throughput.UsualImages);

    public ThroughputCommand()
        : base("throughput", "A cluster of two trainers over two bare loops.")
    {
        Add(_data);
        Add(_pairs);
        Add(_images);
    }

    public override BriefRun Brief { get; } = new("--pairs", "1", "--images", "13") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        Throughput.RunAsync(
            input.GetValue(_data),
            input.GetValue(_pairs),
            input.GetRequiredValue(_images)!.Value,
            onSilos: false,
            output
        );
}
