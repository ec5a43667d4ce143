namespace MMOrleans.Learning.Datasets;

/// <summary>A data set, opened.</summary>
/// <param name="Train">All training images, before any imbalance.</param>
/// <param name="Test">The test set: balanced where it is published, with classes that have no image in it where it is a user's own.</param>
/// <param name="ManifestHash">SHA-256 over the contents of its files, or over the generator's parameters; lower-case hexadecimal.</param>
public sealed record Dataset(ImageSet Train, ImageSet Test, string ManifestHash)
{
    /// <summary>What its files were found to hold; nothing for a set whose files are all known.</summary>
    public ImageInventory Inventory { get; init; } = ImageInventory.Nothing;

    /// <summary>What was wrong with each image that was left out, where that was asked for.</summary>
    public IReadOnlyList<string> Unreadable => Inventory.Damaged;

    /// <summary>Names of the classes whose error is undefined, because no test image is theirs.</summary>
    public IReadOnlyList<string> WithoutTestImages => Test.ClassesWithoutImages;
}
