namespace MMOrleans.Learning.Datasets;

/// <summary>Images of one split before they are decoded, in the order in which they count.</summary>
/// <param name="Labels">Class of every image.</param>
/// <param name="Images">As many, read while they are enumerated, so that only a few are held at a time.</param>
public sealed record ImageSplit(IReadOnlyList<int> Labels, IEnumerable<EncodedImage> Images);
