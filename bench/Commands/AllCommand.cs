using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench all</c></summary>
internal sealed class AllCommand : Benchmark
{
    private readonly Option<string?> _data = BenchOptions.Data();
    private readonly Option<int> _pairs = BenchOptions.Pairs();
    private readonly Option<int> _rounds = BenchOptions.Number("--rounds", 2000, "Rounds of memory.");
    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: false);
    private readonly Option<string> _python = BenchOptions.Python();

    public AllCommand()
        : base("all", "throughput, silos, telemetry, memory, and with --peer step.")
    {
        Add(_data);
        Add(_pairs);
        Add(_rounds);
        Add(_peer);
        Add(_python);
    }

    public override BriefRun Brief { get; } =
        new("--pairs", "1", "--rounds", "400", "--peer", Peer.StandIn, "--python", "sh") { MayMiss = true };

    protected override async Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var (data, pairs) = (input.GetValue(_data), input.GetValue(_pairs));
        var met = await Throughput.RunAsync(data, pairs, onSilos: false, output);
        met &= await Throughput.RunAsync(data, pairs, onSilos: true, output);
        met &= await Telemetry.RunAsync(pairs, only: null, output);
        met &= await Memory.RunAsync(input.GetValue(_rounds), output);
        if (input.GetValue(_peer) is { } script)
            met &= await StepTime.RunAsync(new(script, input.GetRequiredValue(_python)), pairs, output);
        return met;
    }
}
