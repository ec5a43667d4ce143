namespace MMOrleans.Runs.Folders;

/// <summary>Adds bytes to a file whole or not at all: a disk that fills within them leaves the file as it was.</summary>
internal static class WholeAppend
{
    /// <summary>For <see cref="FileStream"/>: what a buffer holds would be written later, after it was refused.</summary>
    public const int NoBuffer = 0;

    /// <param name="file">Opened with <see cref="NoBuffer"/>, at its end.</param>
    /// <param name="bytes">To add.</param>
    public static void To(FileStream file, ReadOnlySpan<byte> bytes)
    {
        var end = file.Position;
        try
        {
            file.Write(bytes);
        }
        catch (IOException)
        {
            file.SetLength(end);
            file.Position = end;
            throw;
        }
    }
}
