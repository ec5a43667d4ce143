using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>Writes and reads the files of TorchSharp's own <c>Module.save</c> and <c>Module.load</c>, without TorchSharp.</summary>
/// <remarks>
/// A count, then for every tensor its name, element type, rank and sizes, and its elements. Whole numbers and the lengths of names are
/// seven bits a byte, lowest first. The reader allocates nothing that the file is too short for.
/// </remarks>
public static class TorchSharpFile
{
    // c10::ScalarType, by which libtorch numbers element types.
    private static readonly Dictionary<TensorType, int> Codes = new()
    {
        [TensorType.I64] = 4,
        [TensorType.F32] = 6,
        [TensorType.F64] = 7,
    };

    /// <summary>Writes the tensors in the given order.</summary>
    /// <param name="stream">Written from its position on; left open and not flushed to the disk.</param>
    /// <param name="tensors">With names that differ.</param>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write7BitEncodedInt64(tensors.Count);
        foreach (var tensor in tensors)
        {
            writer.Write(tensor.Name);
            writer.Write7BitEncodedInt64(Codes[tensor.Type]);
            writer.Write7BitEncodedInt64(tensor.Shape.Count);
            foreach (var size in tensor.Shape)
            {
                writer.Write7BitEncodedInt64(size);
            }

            writer.Write(tensor.Data.Span);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file; its name appears in refusals.</param>
    /// <exception cref="InvalidDataException">The file is truncated or foreign; the message begins with its name.</exception>
    public static IReadOnlyList<NamedTensor> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, Path.GetFileName(path));
    }

    /// <summary>Reads all tensors, in the order of the file.</summary>
    /// <param name="stream">Seekable; read from its start to its end.</param>
    /// <param name="name">What refusals call it.</param>
    /// <exception cref="InvalidDataException">The bytes are truncated or foreign; the message begins with the name.</exception>
    public static IReadOnlyList<NamedTensor> Read(Stream stream, string name)
    {
        stream.Position = 0;
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var tensors = new List<NamedTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            for (var left = Number(reader, "a number of tensors"); left > 0; left--)
            {
                var tensor = Tensor(reader);
                if (!names.Add(tensor.Name))
                {
                    throw new FormatException($"two of its tensors are called {tensor.Name}");
                }

                tensors.Add(tensor);
            }

            return Left(stream) == 0
                ? tensors
                : throw new FormatException($"{Left(stream)} bytes follow its last tensor");
        }
        catch (EndOfStreamException fault)
        {
            throw Refused(name, "it ends within a tensor", fault);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw Refused(name, fault.Message.TrimEnd('.'), fault);
        }
    }

    private static NamedTensor Tensor(BinaryReader reader)
    {
        var name = Encoding.UTF8.GetString(Bytes(reader, reader.Read7BitEncodedInt(), "a name"));
        if (name.Length == 0)
        {
            throw new FormatException("one of its tensors has no name");
        }

        var code = Number(reader, name);
        var type = Codes.Where(pair => pair.Value == code).Select(pair => pair.Key).ToArray() is [var known]
            ? known
            : throw new FormatException(
                $"tensor {name} has element type {code}; {string.Join(", ", Codes.Select(c => $"{c.Value} ({c.Key})"))} are understood"
            );

        var rank = Number(reader, name);
        if (rank > NamedTensor.MostDimensions)
        {
            throw new FormatException(
                $"tensor {name} claims {rank} dimensions, at most {NamedTensor.MostDimensions} are read"
            );
        }

        var shape = new long[rank];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = Number(reader, name);
        }

        var bytes = checked(NamedTensor.Elements(shape) * NamedTensor.BytesOf(type));
        return new(name, type, shape, Bytes(reader, bytes, $"tensor {name}"));
    }

    private static byte[] Bytes(BinaryReader reader, long length, string what) =>
        length >= 0 && length <= Math.Min(Left(reader.BaseStream), Array.MaxLength)
            ? reader.ReadBytes((int)length)
            : throw new FormatException(
                $"{what} claims {length} bytes where {Left(reader.BaseStream)} are left"
            );

    private static long Number(BinaryReader reader, string what)
    {
        var number = reader.Read7BitEncodedInt64();
        return number >= 0 ? number : throw new FormatException($"{what} has the negative number {number}");
    }

    private static long Left(Stream stream) => stream.Length - stream.Position;

    private static InvalidDataException Refused(string name, string reason, Exception inner) =>
        new($"{name} is not a readable TorchSharp file: {reason}.", inner);
}
