using System.CommandLine;
using System.CommandLine.Parsing;
using MMOrleans.Bench.Commands;

namespace MMOrleans.Bench.Fire;

/// <summary><c>bench fire</c></summary>
internal sealed class FireCommand : Benchmark
{
    private static readonly Dictionary<string, FaultKind> Kinds = new()
    {
        ["kill"] = FaultKind.Kill,
        ["freeze"] = FaultKind.Freeze,
        ["cut"] = FaultKind.Cut,
        ["redis-kill"] = FaultKind.RedisKill,
        ["redis-freeze"] = FaultKind.RedisFreeze,
    };

    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "How long faults happen; 20.",
        DefaultValueFactory = _ => 20,
    };

    private readonly Option<double> _every = new("--every")
    {
        Description = "Seconds from one fault to the next; 29.",
        DefaultValueFactory = _ => 29,
    };

    private readonly Option<double> _calm = new("--calm")
    {
        Description = "Seconds without faults before and after each five minutes of them; 40.",
        DefaultValueFactory = _ => 40,
    };

    private readonly Option<FaultKind[]> _kinds = new("--kinds")
    {
        Description = $"Which faults, separated by commas: {string.Join(",", Kinds.Keys)}; all.",
        CustomParser = ParseKinds,
        DefaultValueFactory = _ => [.. Kinds.Values],
    };

    private readonly Option<int> _seed = BenchOptions.Number("--seed", 1, "Of the plan of faults.");

    private readonly Option<int> _silos = new("--silos")
    {
        Description = "Processes of one trainer each, 2 or more; 3.",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<bool> _replay = new("--replay")
    {
        Description = "Compute the rounds once more in one process and compare the state; true.",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<string?> _logs = new("--logs")
    {
        Description = "A folder that keeps what the silos said and the run's events.",
    };

    public FireCommand()
        : base(
            "fire",
            "Rounds under a fault each half minute, over the same without faults and over bare loops."
        )
    {
        foreach (var option in (Option[])[_minutes, _every, _calm, _kinds, _seed, _silos, _replay, _logs])
            Add(option);
        _silos.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 2)
                given.AddError("--silos is less than 2: nobody would be left after a fault; give 2 or more.");
        });
        _minutes.Validators.Add(given => Positive("--minutes", given));
        _every.Validators.Add(given => Positive("--every", given));
        _calm.Validators.Add(given => Positive("--calm", given));
    }

    public override BriefRun Brief { get; } =
        new("--minutes", "0.15", "--every", "9", "--calm", "5", "--kinds", "freeze") { MayMiss = true };

    protected override async Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        await new Battle(
            new(
                TimeSpan.FromMinutes(input.GetRequiredValue(_minutes)),
                TimeSpan.FromSeconds(input.GetRequiredValue(_every)),
                TimeSpan.FromSeconds(input.GetRequiredValue(_calm)),
                input.GetRequiredValue(_kinds),
                input.GetRequiredValue(_seed),
                input.GetRequiredValue(_silos),
                input.GetRequiredValue(_replay),
                input.GetValue(_logs)
            ),
            output
        ).RunAsync(cancellationToken);

    /// <summary>As on the command line.</summary>
    public static string NameOf(FaultKind kind) => Kinds.First(known => known.Value == kind).Key;

    private static FaultKind[] ParseKinds(ArgumentResult given)
    {
        var words = given.Tokens.SelectMany(token => token.Value.Split(',')).ToList();
        if (words.Find(word => !Kinds.ContainsKey(word)) is not { } unknown)
            return [.. words.Select(word => Kinds[word]).Distinct()];
        given.AddError($"There is no fault '{unknown}'; give some of {string.Join(",", Kinds.Keys)}.");
        return [];
    }

    private static void Positive(string name, OptionResult given)
    {
        if (given.GetValueOrDefault<double>() is not > 0)
            given.AddError($"{name} is not more than 0; leave it out or give a positive number.");
    }
}
