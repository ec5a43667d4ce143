namespace MMOrleans.Configuration.Keys;

/// <summary>The presets.</summary>
public static class Presets
{
    internal const string Default = "tiny";
    internal const string OwnImages = "own-images";

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        new(
            Default,
            "images generated from the seed, one to two minutes on two cores",
            new Dictionary<string, string>
            {
                ["dataset.name"] = "synthetic",
                ["dataset.augment.crop_padding"] = "2",
                ["dataset.augment.flip"] = "false", // a mirrored pattern would be nobody's
                ["imbalance.kind"] = "exp",
                ["imbalance.ratio"] = "50",
                ["model.arch"] = "resnet8",
                ["train.epochs"] = "80",
                ["train.batch_size"] = "64",
            }
        ),
        new(
            OwnImages,
            "images of one's own in folders, imbalanced as they are: --data-dir DIR",
            new Dictionary<string, string> { ["dataset.name"] = "image-folder", ["imbalance.kind"] = "none" }
        ),
        .. from classes in (int[])[10, 100]
        from kind in (string[])["lt", "step"]
        from ratio in (int[])[10, 100]
        select Cifar(
            $"cifar{classes}-{kind}-{ratio}",
            $"CIFAR-{classes}, {(kind == "lt" ? "long-tailed" : "step")} {ratio}:1, as published",
            classes,
            kind,
            ratio
        ),
        Cifar(
            "cifar100-lt-100-official",
            "as cifar100-lt-100, with the margins of the published code's example instead of the paper's",
            100,
            "lt",
            100,
            ("method.delta_minus", "1.29"),
            ("method.delta_ratio", "1.528")
        ),
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(preset => preset.Name)];

    internal static Preset Find(string name) => All.First(preset => preset.Name == name);

    private static Preset Cifar(
        string name,
        string doc,
        int classes,
        string kind,
        int ratio,
        params (string Key, string Value)[] more
    )
    {
        var values = new Dictionary<string, string>
        {
            ["dataset.name"] = $"cifar{classes}",
            ["imbalance.kind"] = kind == "lt" ? "exp" : "step",
            ["imbalance.ratio"] = $"{ratio}",
        };
        foreach (var (key, value) in more)
            values[key] = value;
        return new(name, doc, values);
    }
}
