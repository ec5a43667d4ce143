using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>A second stage's configuration as a file: the first stage's data and network, the recipe of the second, and where its weights are.</summary>
/// <remarks>
/// Kang et al., ICLR 2020: 10 epochs, learning rate by cosine to 0, weight decay 5e-4. Flags and other sources are stronger than a file, so
/// each of these can be overridden.
/// </remarks>
internal static class SecondStage
{
    // What the two stages have in common; everything else begins anew.
    private static readonly string[] TakenOver =
    [
        "version",
        "preset",
        "seed",
        "strict",
        "dataset.",
        "imbalance.",
        "model.arch",
        "distribution.slots",
        "eval.",
    ];

    private static readonly (string Key, string Value)[] Recipe =
    [
        ("train.epochs", "10"),
        ("train.batch_size", "128"),
        ("optimiser.lr", "0.1"),
        ("optimiser.weight_decay", "0.0005"),
        ("schedule.kind", "cosine"),
        ("schedule.warmup_epochs", "0"),
    ];

    /// <summary>The file's text.</summary>
    /// <param name="first">The first stage.</param>
    /// <param name="method">Of the second.</param>
    /// <param name="weights">How a silo finds the weights, and their hash.</param>
    /// <param name="isComputed">Whether nothing is trained: one pass over the images, and no recipe.</param>
    public static string Write(
        ResolvedRun first,
        string method,
        (string Name, string Sha256) weights,
        bool isComputed
    )
    {
        var lines = first
            .Written.Where(line =>
                TakenOver.Any(key =>
                    key.EndsWith('.') ? line.Key.StartsWith(key, StringComparison.Ordinal) : line.Key == key
                )
            )
            .ToDictionary(line => line.Key, line => line.Value);
        if (ObjectiveCatalogue.Find(MethodCatalogue.Find(method)!.Objective)!.WholeBatch is not null)
            lines.Remove("distribution.slots");
        lines["name"] = Name(first.Settings.Name, method);
        lines["method.name"] = method;
        lines["model.init_from"] = SettingValue.Quote(weights.Name);
        lines["model.init_sha256"] = SettingValue.Quote(weights.Sha256);
        foreach (var (key, value) in isComputed ? [("train.epochs", "1")] : Recipe)
            lines[key] = value;
        return ConfigurationWriter.Write(
            ConfigKeys
                .All.Where(key => lines.ContainsKey(key.Path))
                .Select(key => new KeyOrigin(key.Path, lines[key.Path], ""))
        );
    }

    private static string Name(string first, string method)
    {
        const int longest = 64;
        var rest = longest - method.Length - 1;
        return SettingValue.Quote($"{(first.Length > rest ? first[..rest] : first)}-{method}");
    }
}
