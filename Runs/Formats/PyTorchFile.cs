using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>Writes and reads what <c>torch.save(model.state_dict(), path)</c> writes: a zip archive of a pickle and of a file a storage.</summary>
/// <remarks>
/// The reader runs nothing (<see cref="TensorUnpickler"/>) and allocates nothing that the archive is too short for: entries must be
/// stored as they are, as PyTorch stores them, and a tensor may not have more elements than its storage.
/// </remarks>
public static class PyTorchFile
{
    private const string Prefix = "archive/";
    private const string PickleEntry = "data.pkl";
    private const int MostPickleBytes = 1 << 24; // some hundred bytes a tensor

    // The same state gives the same file; zip knows no earlier time.
    private static readonly DateTimeOffset Written = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the tensors in the given order.</summary>
    /// <param name="stream">Seekable; written from its position on, left open and not flushed to the disk.</param>
    /// <param name="tensors">With names that differ.</param>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, PickleEntry, TensorPickle.Of(tensors));
        Add(archive, "byteorder", "little"u8);
        for (var i = 0; i < tensors.Count; i++)
        {
            Add(archive, $"data/{i}", tensors[i].Data.Span);
        }

        Add(archive, "version", "3\n"u8);
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file; its name appears in refusals.</param>
    /// <exception cref="InvalidDataException">The file is truncated, or wants more than tensors and data; the message begins with its name.</exception>
    public static FileTensors Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, Path.GetFileName(path));
    }

    /// <summary>Reads all tensors, in the order of the dictionary.</summary>
    /// <param name="stream">Seekable; read from its start to its end.</param>
    /// <param name="name">What refusals call it.</param>
    /// <exception cref="InvalidDataException">The bytes are truncated, or want more than tensors and data; the message begins with the name.</exception>
    public static FileTensors Read(Stream stream, string name)
    {
        try
        {
            stream.Position = 0;
            if (LegacyPyTorchFile.IsOne(stream))
                return LegacyPyTorchFile.Read(stream);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return Tensors(archive, stream.Length);
        }
        catch (Exception fault)
            when (fault
                    is FormatException
                        or OverflowException
                        or InvalidDataException
                        or EndOfStreamException
                        or NotSupportedException
            )
        {
            throw new InvalidDataException(
                $"{name} is not a readable PyTorch file: {fault.Message.TrimEnd('.')}.",
                fault
            );
        }
    }

    private static FileTensors Tensors(ZipArchive archive, long length)
    {
        var prefix = PrefixOf(archive);
        if (archive.Entries.Any(e => e.FullName == $"{prefix}constants.pkl"))
        {
            throw new FormatException("it holds a program (TorchScript), and only tensors are read");
        }

        if (
            archive.GetEntry($"{prefix}byteorder") is { } order
            && Encoding.ASCII.GetString(Bytes(order, 16)) is var text and not "little"
        )
        {
            throw new FormatException($"its numbers are in {text}-endian order; little is understood");
        }

        var pickled = TensorUnpickler.Read(
            Bytes(archive.GetEntry(prefix + PickleEntry)!, Math.Min(MostPickleBytes, length))
        );
        return StorageViews.Of(pickled, length, storage => Storage(archive, prefix, storage, length));
    }

    private static string PrefixOf(ZipArchive archive)
    {
        var pickles = archive
            .Entries.Where(e => e.Name == PickleEntry && e.FullName.Count(c => c == '/') == 1)
            .ToList();
        return pickles is [var pickle]
            ? pickle.FullName[..^PickleEntry.Length]
            : throw new FormatException(
                $"it has {pickles.Count} entries NAME/{PickleEntry}, where torch.save writes one"
            );
    }

    private static ReadOnlyMemory<byte> Storage(
        ZipArchive archive,
        string prefix,
        TensorStorage storage,
        long length
    )
    {
        var entry =
            archive.GetEntry($"{prefix}data/{storage.Key}")
            ?? throw new FormatException($"storage {storage.Key} is missing");
        var bytes = Bytes(entry, length);
        var wanted = checked(storage.Elements * storage.Element.Bytes);
        return bytes.Length == wanted
            ? bytes
            : throw new FormatException($"storage {storage.Key} has {bytes.Length} bytes, wanted {wanted}");
    }

    private static byte[] Bytes(ZipArchiveEntry entry, long most)
    {
        if (entry.Length > Math.Min(most, Array.MaxLength) || entry.CompressedLength != entry.Length)
        {
            throw new FormatException(
                $"{entry.FullName} claims {entry.Length} bytes in {entry.CompressedLength}; torch.save compresses nothing"
            );
        }

        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        content.ReadExactly(bytes);
        return Crc32.HashToUInt32(bytes) == entry.Crc32
            ? bytes
            : throw new FormatException($"{entry.FullName} is damaged: its checksum differs");
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        var entry = archive.CreateEntry(Prefix + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Written;
        using var stream = entry.Open();
        stream.Write(content);
    }
}
