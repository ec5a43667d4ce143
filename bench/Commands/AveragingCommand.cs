using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench averaging</c></summary>
internal sealed class AveragingCommand : Benchmark
{
    private const string Memory = "memory";

    private readonly Option<string[]> _peers = new("--peer")
    {
        Description = "Programs that are compared with; a script's name has an extension.",
        HelpName = "FILE…",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
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
    private readonly Option<double[]> _targets = new("--target")
    {
        Description = "Most of each peer's time that a round may take; 1.",
        HelpName = "RATIO…",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _isLinked = new("--link")
    {
        Description =
            "Between two network namespaces that a virtual cable joins; a peer is started there once a rank, with --rank, --master and --interface. Needs the rights of root.",
    };
    private readonly Option<string?> _rate = new("--rate")
    {
        Description = "What the cable carries, such as 1gbit; what the machine can do.",
        HelpName = "RATE",
    };

    public AveragingCommand()
        : base(
            "averaging",
            "Vectors between 2 and 4 processes beside another all-reduce. The script takes --workers W --repeats N --elements E… and prints a line a size."
        )
    {
        Add(_peers);
        Add(_python);
        Add(_pairs);
        Add(_repeats);
        Add(_elements);
        Add(_transport.AcceptOnlyFromAmong(Memory, "connection", "calls"));
        Add(_targets);
        Add(_isLinked);
        Add(_rate);
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

    protected override async Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var python = input.GetRequiredValue(_python);
        var peers = input.GetRequiredValue(_peers).Select(script => new Peer(script, python)).ToList();
        var targets = input.GetRequiredValue(_targets);
        using var link = input.GetValue(_isLinked) ? NetworkLink.Lay(input.GetValue(_rate)) : null;
        return await new Averaging(
            peers,
            [.. peers.Select((_, i) => i < targets.Length ? targets[i] : 1)],
            input.GetValue(_pairs),
            input.GetValue(_repeats),
            input.GetRequiredValue(_elements),
            input.GetRequiredValue(_transport),
            link
        ).RunAsync(output);
    }
}
