namespace MMOrleans.Learning.Specifications;

/// <summary>What a method's name stands for.</summary>
/// <param name="Name">As users type it.</param>
/// <param name="Loss">The loss's name.</param>
/// <param name="Head">Classifier: <c>plain</c> or <c>normalised</c>.</param>
/// <param name="Reweight">Class weights: <c>none</c>, <c>balanced</c> or <c>deferred</c>.</param>
/// <param name="Sampler">Order and repetition of images.</param>
public sealed record MethodComposition(
    string Name,
    string Loss,
    string Head,
    string Reweight,
    string Sampler
);

/// <summary>The methods by name: one line each.</summary>
public static class MethodCatalogue
{
    /// <summary>Those that can be trained, in the order of the published table.</summary>
    public static IReadOnlyList<MethodComposition> All { get; } =
    [
        new("erm", "ce", "plain", "none", "uniform"),
        new("ldam", "ldam", "normalised", "none", "uniform"),
        new("mm", "mm", "normalised", "none", "uniform"),
        new("mm-ldam", "mm-ldam", "normalised", "none", "uniform"),
        new("cb-rw", "ce", "plain", "balanced", "uniform"),
        new("ce-drw", "ce", "plain", "deferred", "uniform"),
        new("ldam-drw", "ldam", "normalised", "deferred", "uniform"),
        new("mm-drw", "mm", "normalised", "deferred", "uniform"),
        new("mm-ldam-drw", "mm-ldam", "normalised", "deferred", "uniform"),
    ];

    /// <summary>Published names that this version knows but cannot train.</summary>
    public static IReadOnlyList<string> NotAvailable { get; } =
    ["focal", "cb-rs", "cb-focal", "hg-drs", "ldam-hg-drs", "m-drw", "ldam-drw-ssp", "ce-drs"];

    /// <summary>Null when there is no such method.</summary>
    public static MethodComposition? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
