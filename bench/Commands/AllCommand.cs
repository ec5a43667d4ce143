using System.CommandLine;
using System.CommandLine.Parsing;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench all</c>: other verbs one after another, each with those of the options that it has.</summary>
internal sealed class AllCommand : Benchmark
{
    private readonly IReadOnlyList<Benchmark> _members;
    private readonly Option<string?> _peer = BenchOptions.PeerScript(required: false);

    /// <param name="members">The verbs, in their order. One that needs a peer runs with <c>--peer</c> only.</param>
    public AllCommand(params IReadOnlyList<Benchmark> members)
        : base(
            "all",
            $"{string.Join(", ", members.Select(member => member.Name))}; what needs a peer, with --peer."
        )
    {
        _members = members;
        Add(BenchOptions.Data());
        Add(BenchOptions.Pairs());
        Add(BenchOptions.Images(null));
        Add(BenchOptions.Rounds());
        Add(BenchOptions.Early());
        Add(BenchOptions.Steps());
        Add(_peer);
        Add(BenchOptions.Python());
        Brief = new([
            .. members
                .SelectMany(member => member.Brief.Arguments.Chunk(2))
                .DistinctBy(pair => pair[0])
                .SelectMany(pair => pair),
        ])
        {
            MayMiss = true,
        };
    }

    /// <summary>The verbs that it runs.</summary>
    public IEnumerable<string> Members => _members.Select(member => member.Name);

    public override BriefRun Brief { get; }

    protected override async Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var given = input
            .CommandResult.Children.OfType<OptionResult>()
            .Where(option => !option.Implicit)
            .ToDictionary(option => option.Option.Name, option => option.Tokens.Select(token => token.Value));
        var met = true;
        foreach (var member in _members)
        {
            if (input.GetValue(_peer) is null && member.Options.Any(option => option.Required))
                continue;
            met &=
                await member
                    .Parse([
                        .. given
                            .Where(one => member.Options.Any(option => option.Name == one.Key))
                            .SelectMany(one => one.Value.Prepend(one.Key)),
                    ])
                    .InvokeAsync(input.InvocationConfiguration, cancellationToken) == 0;
        }

        return met;
    }
}
