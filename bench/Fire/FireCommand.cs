using System.CommandLine;
using System.CommandLine.Parsing;

namespace MMOrleans.Bench.Fire;

/// <summary><c>bench fire</c></summary>
internal sealed class FireCommand : Command
{
    public const string Verb = "fire";

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

    private readonly Option<FaultKind[]> _kinds = new("--kinds")
    {
        Description = $"Which faults, separated by commas: {string.Join(",", Kinds.Keys)}; all.",
        CustomParser = ParseKinds,
        DefaultValueFactory = _ => [.. Kinds.Values],
    };

    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Of the plan of faults; a random one is drawn, and printed.",
    };

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
            Verb,
            "Rounds under a fault each half minute, over the same without faults and over bare loops."
        )
    {
        foreach (var option in (Option[])[_minutes, _every, _kinds, _seed, _silos, _replay, _logs])
            Add(option);
        _silos.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 2)
                given.AddError("--silos is less than 2: nobody would be left after a fault; give 2 or more.");
        });
        _minutes.Validators.Add(given => Positive("--minutes", given));
        _every.Validators.Add(given => Positive("--every", given));
        SetAction(
            async (input, cancellationToken) =>
            {
                var options = new FireOptions(
                    TimeSpan.FromMinutes(input.GetRequiredValue(_minutes)),
                    TimeSpan.FromSeconds(input.GetRequiredValue(_every)),
                    input.GetRequiredValue(_kinds),
                    input.GetValue(_seed) ?? new Random().Next(1, 1_000_000),
                    input.GetRequiredValue(_silos),
                    input.GetRequiredValue(_replay),
                    input.GetValue(_logs)
                );
                var output = input.InvocationConfiguration.Output;
                return await new Battle(options, output).RunAsync(cancellationToken) ? 0 : 1;
            }
        );
    }

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
