using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench averaging</c></summary>
internal sealed class AveragingCommand : Benchmark
{
    private const string Memory = "memory";

    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: true);
    private readonly Option<string> _python = BenchOptions.Python();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int> _repeats = BenchOptions.Number("--repeats", 15, "Rounds of a measurement.");
    private readonly Option<int[]> _elements = new("--elements")
    {
        Description = "Numbers in a vector.",
        HelpName = "E…",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [464_154, 2_500_000, 11_700_000, 25_600_000],
    };

    private readonly Option<string> _transport = new("--transport")
    {
        Description = "How vectors get from process to process: memory, connection or calls.",
        HelpName = "CARRIER",
        DefaultValueFactory = _ => Memory,
    };
    private readonly Option<double> _target = new("--target")
    {
        Description = "Most of the peer's time that a round may take; 1.",
        HelpName = "RATIO",
        DefaultValueFactory = _ => 1,
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
        Add(_transport.AcceptOnlyFromAmong(Memory, "connection", "calls"));
        Add(_target);
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
            input.GetRequiredValue(_transport),
            input.GetValue(_target),
            output
        );
}
