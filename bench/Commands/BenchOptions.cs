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
    public static Option<int> Number(string name, int usual, string description)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                given.AddError($"{name} must be at least 1, got {number}.");
        });
        return option;
    }
}
