using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench step</c></summary>
internal sealed class StepCommand : Benchmark
{
    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: true);
    private readonly Option<string> _python = BenchOptions.Python();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int> _steps = BenchOptions.Steps();

    public StepCommand()
        : base(
            "step",
            "One trainer thread's step beside PyTorch's. The script takes --bare --workers 1 --batch B --steps N and prints one JSON line."
        )
    {
        Add(_peer);
        Add(_python);
        Add(_pairs);
        Add(_steps);
    }

    public override BriefRun Brief { get; } =
        new("--peer", Peer.StandIn, "--python", "sh", "--pairs", "1", "--steps", "1");

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        StepTime.RunAsync(
            new(input.GetRequiredValue(_peer)!, input.GetRequiredValue(_python)),
            input.GetValue(_pairs),
            input.GetValue(_steps),
            output
        );
}
