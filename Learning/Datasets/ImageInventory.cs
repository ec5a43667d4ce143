using MMOrleans.Runs.Folders;

namespace MMOrleans.Learning.Datasets;

/// <summary>Everything that a reader of a user's own images found: what it took, what it passed over, what is damaged.</summary>
/// <param name="Taken">Images that can be read, of both splits.</param>
/// <param name="PassedOver">What is neither image nor class.</param>
/// <param name="Damaged">What is wrong with each image that cannot be read.</param>
public sealed record ImageInventory(
    int Taken,
    IReadOnlyList<PassedOver> PassedOver,
    IReadOnlyList<string> Damaged
)
{
    /// <summary>Of a data set whose files are all known.</summary>
    public static ImageInventory Nothing { get; } = new(0, [], []);

    /// <summary>MM2006: a class that no training image is left of, or no test image at all; null where the images can be trained on.</summary>
    public FaultException? EmptyClass { get; init; }

    /// <summary>Names of the classes whose error is undefined, because no test image of theirs can be read.</summary>
    public IReadOnlyList<string> WithoutTestImages { get; init; } = [];

    /// <summary>Names of the classes, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];
}
