using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench averaging</c></summary>
internal sealed class AveragingCommand : Benchmark
{
    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: true);
    private readonly Option<string> _python = BenchOptions.Python();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int> _repeats = BenchOptions.Number("--repeats", 15, "Rounds of a measurement.");
    private readonly Option<int[]> _elements = new("--elements")
    {
        Description = "Numbers in a vector.",
        HelpName = "E…",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [464_154, 2_500_000, 25_000_000],
    };

    public AveragingCommand()
        : base(
            "averaging",
            "Vectors between 2 and 4 processes beside another all-reduce. The script takes --workers W --repeats N --elements E… and prints a line a size."
        )
    {
        Add(_peer);
        Add(_python);
        Add(_pairs);
        Add(_repeats);
        Add(_elements);
    }

    public override BriefRun Brief { get; } =
        new(
            "--peer",
            Peer.StandIn,
            "--python",
            "sh",
            "--pairs",
            "1",
            "--repeats",
            "1",
            "--elements",
            "10000"
        );

    protected override Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        Averaging.RunAsync(
            new(input.GetRequiredValue(_peer)!, input.GetRequiredValue(_python)),
            input.GetValue(_pairs),
            input.GetValue(_repeats),
            input.GetRequiredValue(_elements),
            output
        );
}
