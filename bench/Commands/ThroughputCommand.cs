using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench throughput</c> and <c>bench silos</c></summary>
internal sealed class ThroughputCommand : Benchmark
{
    private readonly Option<string?> _data = BenchOptions.Data();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int?> _images = BenchOptions.Images(Throughput.UsualImages);

    private readonly bool _onSilos;

    /// <param name="onSilos">Whether each trainer is in a silo of its own, or both in one process.</param>
    public ThroughputCommand(bool onSilos)
        : base(
            onSilos ? "silos" : "throughput",
            onSilos
                ? "A cluster of two trainers, each in a silo of its own, over two bare loops."
                : "A cluster of two trainers over two bare loops."
        )
    {
        _onSilos = onSilos;
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
            _onSilos,
            output
        );
}
