using System.Buffers.Binary;

namespace MMOrleans.Runs.Formats;

/// <summary>Reads what torch.save wrote before PyTorch 1.6: five pickles, and after them the storages one after the other.</summary>
/// <remarks>
/// The pickles are a magic number, the protocol's version, the writer's machine, the value, and the keys of the storages in their order.
/// Before the elements of a storage stands how many there are. Nothing runs, and nothing is allocated that the file is too short for.
/// </remarks>
internal static class LegacyPyTorchFile
{
    private const long Version = 1001;

    // The pickle of 0x1950a86a20f9469cfc6c, with which every such file begins.
    private static ReadOnlySpan<byte> Magic =>
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    /// <summary>Whether a file begins as these do; the stream is at its start then and after.</summary>
    public static bool IsOne(Stream stream)
    {
        var start = new byte[Magic.Length];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == start.Length && start.AsSpan().SequenceEqual(Magic);
    }

    /// <summary>Reads all tensors.</summary>
    /// <param name="stream">At its start.</param>
    /// <exception cref="FormatException">It is truncated, or wants more than tensors and data.</exception>
    public static FileTensors Read(Stream stream)
    {
        if (stream.Length > Array.MaxLength)
            throw new FormatException($"it has {stream.Length} bytes, at most {Array.MaxLength} are read");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        if (TensorUnpickler.Value(file, Magic.Length, out var at) is not (long and Version))
            throw new FormatException($"it is of another version than {Version} of the format before 1.6");
        if (
            TensorUnpickler.Value(file, at, out at) is PickledItems machine
            && machine.Any(item => PickledValue.Text(item.Key) == "little_endian" && item.Value is false)
        )
            throw new FormatException("its numbers are in big-endian order; little is understood");
        var pickled = TensorUnpickler.Read(file, at, out at);
        if (TensorUnpickler.Value(file, at, out at) is not PickledList keys)
            throw new FormatException("it does not say in which order its storages lie");

        var places = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (
                PickledValue.Text(key) is not { } name
                || !pickled.Storages.TryGetValue(name, out var storage)
                || places.ContainsKey(name)
            )
                throw new FormatException(
                    $"it lists {PickledValue.Words(key)}, which is none of its storages"
                );
            if (file.Length - at < sizeof(long))
                throw new FormatException($"it ends before storage {name}");
            var elements = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            at += sizeof(long);
            if (elements != storage.Elements)
                throw new FormatException(
                    $"storage {name} has {elements} elements, wanted {storage.Elements}"
                );
            var bytes = checked(elements * storage.Element.Bytes);
            if (bytes > file.Length - at)
                throw new FormatException($"it ends within storage {name}");
            places.Add(name, file.AsMemory(at, (int)bytes));
            at += (int)bytes;
        }

        return StorageViews.Of(
            pickled,
            file.Length,
            storage =>
                places.TryGetValue(storage.Key, out var bytes)
                    ? bytes
                    : throw new FormatException($"storage {storage.Key} is missing")
        );
    }
}
