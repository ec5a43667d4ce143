using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench averaging</c></summary>
internal sealed class AveragingCommand : Benchmark
{
    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: true);
    private readonly Option<string> _python = BenchOptions.Python();
    private readonly Option<int> _pairs = BenchOptions.Pairs();

    public AveragingCommand()
        : base(
            "averaging",
            "Vectors between 2 and 4 processes beside another all-reduce. The script takes --workers W --repeats N --elements E… and prints a line a size."
        )
    {
        Add(_peer);
        Add(_python);
        Add(_pairs);
    }

    public override BriefRun Brief { get; } = new("--peer", Peer.StandIn, "--python", "sh", "--pairs", "1");

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        Averaging.RunAsync(
            new(input.GetRequiredValue(_peer)!, input.GetRequiredValue(_python)),
            input.GetValue(_pairs),
            output
        );
}
