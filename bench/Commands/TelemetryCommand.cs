using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench telemetry</c></summary>
internal sealed class TelemetryCommand : Benchmark
{
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int?> _images = BenchOptions.Images(Telemetry.UsualImages);
    private readonly Option<string?> _only = new("--only")
    {
        Description = "One of the two collectors; without it both.",
    };

    public TelemetryCommand()
        : base("telemetry", "A collector that is down, or deaf, over none.")
    {
        _only.AcceptOnlyFromAmong("down", "deaf");
        Add(_pairs);
        Add(_images);
        Add(_only);
    }

    public override BriefRun Brief { get; } = new("--pairs", "1", "--images", "13") { MayMiss = true };

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        Telemetry.RunAsync(
            input.GetValue(_pairs),
            input.GetRequiredValue(_images)!.Value,
            input.GetValue(_only),
            output
        );
}
