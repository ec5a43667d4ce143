namespace MMOrleans.Learning.Datasets;

/// <summary>One image as it is stored.</summary>
/// <param name="Name">What an error calls it.</param>
/// <param name="Read">Contents of its file.</param>
public sealed record EncodedImage(string Name, Func<ReadOnlyMemory<byte>> Read)
{
    /// <summary>One that is known not to be readable.</summary>
    /// <param name="name">What an error calls it.</param>
    /// <param name="why">As a clause.</param>
    public static EncodedImage Unreadable(string name, string why) =>
        new(
            name,
            () =>
                throw new FaultException(
                    "MM2005",
                    $"{name} cannot be read: {why}",
                    "repair or remove it, or leave such images out: --set dataset.on_bad_image=skip"
                )
        );
}
