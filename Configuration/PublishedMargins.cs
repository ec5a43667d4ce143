namespace MMOrleans.Configuration;

/// <summary>The maximum-margin methods' numbers as published, by data set and imbalance.</summary>
/// <remarks>
/// Source: Kang, Vu, Yoo 2021 (arXiv:2206.05380), the sweep's bold values; the scales are those of the published code's examples.
/// Settings without a published value take those of the nearest one: ratio 10 or 100 by its logarithm, the long tail for counts.
/// </remarks>
internal static class PublishedMargins
{
    private static readonly Dictionary<
        (bool Hundred, bool Step, int Ratio),
        (double Minus, double Ratio)
    > Table = new()
    {
        [(false, false, 100)] = (0.6, 1.5),
        [(false, true, 100)] = (0.6, 1.3),
        [(false, false, 10)] = (0.7, 1.2),
        [(false, true, 10)] = (2.1, 1.0),
        [(true, false, 100)] = (1.2, 1.3),
        [(true, true, 100)] = (1.8, 1.8),
        [(true, false, 10)] = (1.5, 1.4),
        [(true, true, 10)] = (2.4, 1.1),
    };

    /// <summary>δ₋ and β.</summary>
    public static (double DeltaMinus, double DeltaRatio) For(string dataset, string kind, double ratio) =>
        Table[(dataset == "cifar100", kind == "step", ratio * ratio < 1000 ? 10 : 100)];

    /// <summary>s.</summary>
    public static double Scale(string dataset, string loss) =>
        (loss, dataset) switch
        {
            ("mm", "cifar100") => 19,
            ("mm-ldam", "cifar100") => 26,
            _ => 30,
        };
}
