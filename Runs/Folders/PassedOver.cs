namespace MMOrleans.Runs.Folders;

/// <summary>What lies in a data set's folder and is not read, by its kind.</summary>
/// <param name="Kind">In the plural, such as <c>.tif files</c>.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Examples">Some of their names, in order.</param>
public sealed record PassedOver(string Kind, int Count, IReadOnlyList<string> Examples)
{
    /// <summary>Such as <c>.tif files: 4 (train/dog/a.tif, train/dog/b.tif, …)</c>.</summary>
    public override string ToString() =>
        $"{Kind}: {Count} ({string.Join(", ", Examples)}{(Count > Examples.Count ? ", …" : "")})";
}
