using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary>Options that several verbs have; each call makes one for the command that asks.</summary>
internal static class BenchOptions
{
    public static Option<string?> Data() =>
        new("--data")
        {
            Description =
                "Folder with CIFAR-10's binary files; without it images of 16×16 are generated, which is harder on the cluster.",
            HelpName = "DIR",
        };

    public static Option<int> Pairs() =>
        Number("--pairs", 10, "Interleaved pairs of measurements; their median counts.");

    /// <param name="usual">What the verb has otherwise; null for what each verb has.</param>
    public static Option<int?> Images(int? usual)
    {
        var option = new Option<int?>("--images")
        {
            Description = "Training images of each class and epoch.",
            HelpName = "N",
        };
        if (usual is not null)
            option.DefaultValueFactory = _ => usual;
        return Positive(option);
    }

    public static Option<int> Rounds() =>
        Number("--rounds", 2000, "Rounds of the run whose memory is measured.");

    public static Option<int> Early() =>
        Number("--early", 200, "Round from which its memory is measured, for as many rounds.");

    public static Option<int> Steps() => Number("--steps", 20, "Steps of a measurement.");

    public static Option<string?> PeerScript(bool required) =>
        new("--peer")
        {
            Description = "Script of the program that is compared with.",
            HelpName = "FILE",
            Required = required,
        };

    public static Option<string> Python() =>
        new("--python")
        {
            Description = "Program that runs the peer's script.",
            HelpName = "PROGRAM",
            DefaultValueFactory = _ => "python3",
        };

    /// <summary>A whole number from 1.</summary>
    public static Option<int> Number(string name, int usual, string description) =>
        Positive(
            new Option<int>(name)
            {
                Description = description,
                HelpName = "N",
                DefaultValueFactory = _ => usual,
            }
        );

    private static Option<T> Positive<T>(Option<T> option)
    {
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                given.AddError($"{option.Name} must be at least 1, got {number}.");
        });
        return option;
    }
}
