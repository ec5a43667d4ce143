using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Grains.DataShards;

/// <summary>What the files of a data set look like without being read: another stamp means that one was added, replaced, removed or renamed.</summary>
internal static class DataStamp
{
    /// <summary>SHA-256 over path, length and times of every file, in ordinal order of the paths.</summary>
    /// <param name="files">Paths. One that is gone counts by its name.</param>
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[3 * sizeof(long)];
        foreach (var path in files.Order(StringComparer.Ordinal))
        {
            var file = Target(path);
            var isThere = file is { Exists: true };
            BinaryPrimitives.WriteInt64LittleEndian(numbers, isThere ? file!.Length : -1);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], isThere ? file!.LastWriteTimeUtc.Ticks : 0);
            BinaryPrimitives.WriteInt64LittleEndian(
                numbers[16..],
                isThere ? ChangeTime.Of(file!.FullName) : 0
            );
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData([0]);
            hash.AppendData(numbers);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A link counts as what it leads to: replacing that changes the images. Null where it leads nowhere; the reader says so.</summary>
    private static FileInfo? Target(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.LinkTarget is null ? file : file.ResolveLinkTarget(true) as FileInfo;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
