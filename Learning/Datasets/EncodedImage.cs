namespace MMOrleans.Learning.Datasets;

/// <summary>One image as it is stored.</summary>
/// <param name="Name">What an error calls it.</param>
/// <param name="Read">Contents of its file.</param>
public sealed record EncodedImage(string Name, Func<ReadOnlyMemory<byte>> Read);
