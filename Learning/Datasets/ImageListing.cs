namespace MMOrleans.Learning.Datasets;

/// <summary>What a user's own data set consists of, before an image is decoded.</summary>
/// <param name="ClassNames">Name of every class, in the order of the labels.</param>
/// <param name="Train">Training images.</param>
/// <param name="Test">Test images.</param>
/// <param name="Tally">What lies there and is not taken.</param>
internal sealed record ImageListing(
    IReadOnlyList<string> ClassNames,
    ImageSplit Train,
    ImageSplit Test,
    InventoryTally Tally
);
