using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Runs;

/// <summary>Reads a stretch of a file that others write, replace and remove meanwhile.</summary>
internal static class FilePiece
{
    /// <returns>The bytes from <paramref name="offset"/> on, <paramref name="count"/> at most; none at the end, and none of a file that is gone.</returns>
    public static async Task<VectorChunk> ReadAsync(
        string path,
        long offset,
        int count,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // Replaced whole while it is read: the open file goes on being the old one.
            await using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            file.Position = Math.Min(offset, file.Length);
            var bytes = new byte[(int)Math.Min(count, file.Length - file.Position)];
            var read = await file.ReadAtLeastAsync(
                bytes,
                bytes.Length,
                throwOnEndOfStream: false,
                cancellationToken
            );
            return VectorChunk.Borrow(bytes.AsMemory(0, read));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return VectorChunk.Borrow(ReadOnlyMemory<byte>.Empty); // a checkpoint that was pruned since it was listed
        }
    }
}
