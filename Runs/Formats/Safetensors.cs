using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace MMOrleans.Runs.Formats;

/// <summary>Writes and reads safetensors files: eight bytes of header length, a JSON header, the tensors' bytes.</summary>
/// <remarks>
/// The reader trusts nothing: a file is refused, by name, unless its tensors fill the space after the header exactly, without overlap
/// or gap. A file that other programs wrote is accepted if its element types are ours.
/// </remarks>
public static class Safetensors
{
    /// <summary>The longest header that is read; the limit of the format's reference implementation.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int PrefixBytes = sizeof(ulong);
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes the tensors in the given order.</summary>
    /// <param name="stream">Written from its position on; left open and not flushed.</param>
    /// <param name="tensors">With names that differ.</param>
    /// <param name="metadata">Texts for other programs; null for none.</param>
    public static void Write(
        Stream stream,
        IReadOnlyList<NamedTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        RequireLittleEndian();
        var header = Header(tensors, metadata);
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var tensor in tensors)
        {
            stream.Write(tensor.Data.Span);
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

    /// <summary>Reads all tensors, in the order of their bytes.</summary>
    /// <param name="stream">Seekable; read from its start to its end.</param>
    /// <param name="name">What refusals call it.</param>
    /// <exception cref="InvalidDataException">The bytes are truncated or foreign; the message begins with the name.</exception>
    public static IReadOnlyList<NamedTensor> Read(Stream stream, string name)
    {
        RequireLittleEndian();
        stream.Position = 0;
        var length = stream.Length;
        if (length < PrefixBytes)
        {
            throw Refused(name, $"it has {length} bytes, fewer than the {PrefixBytes} of a header length");
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        stream.ReadExactly(prefix);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > (ulong)Math.Min(MaxHeaderBytes, length - PrefixBytes))
        {
            throw Refused(name, $"its header claims {headerBytes} bytes of a file of {length}");
        }

        var header = new byte[(int)headerBytes];
        stream.ReadExactly(header);
        var places = Places(header, name);
        places.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        return ReadTensors(stream, name, places, length - PrefixBytes - (long)headerBytes);
    }

    private static List<NamedTensor> ReadTensors(
        Stream stream,
        string name,
        List<Place> places,
        long available
    )
    {
        var end = 0L;
        foreach (var place in places)
        {
            if (place.Begin != end)
            {
                throw Refused(
                    name,
                    $"tensor {place.Name} begins at byte {place.Begin} of the data, where {end} is expected ({(place.Begin < end ? "overlap" : "gap")})"
                );
            }

            end = place.End;
        }

        if (end != available)
        {
            throw Refused(name, $"its tensors take {end} bytes, but {available} follow the header");
        }

        // Only now is anything allocated for data: a forged header cannot ask for more than the file holds.
        var tensors = new List<NamedTensor>(places.Count);
        foreach (var place in places)
        {
            if (place.End - place.Begin > Array.MaxLength)
            {
                throw Refused(
                    name,
                    $"tensor {place.Name} has {place.End - place.Begin} bytes, more than fits in memory at once"
                );
            }

            var data = new byte[place.End - place.Begin];
            stream.ReadExactly(data);
            tensors.Add(new NamedTensor(place.Name, place.Type, place.Shape, data));
        }

        return tensors;
    }

    private static byte[] Header(
        IReadOnlyList<NamedTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"Two tensors are called {tensor.Name}.", nameof(tensors));
                }

                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", Code(tensor.Type));
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Data.Length]);
                json.WriteEndObject();
                offset += tensor.Data.Length;
            }

            json.WriteEndObject();
        }

        // Readers that map the file want the data aligned; the format allows trailing spaces for that.
        while (buffer.Length % PrefixBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static List<Place> Places(byte[] header, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(
                header,
                new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false }
            );
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Refused(name, "its header is not a JSON object");
            }

            var places = new List<Place>();
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name != MetadataKey)
                {
                    places.Add(PlaceOf(entry, name));
                }
            }

            return places;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second kind comes from a name that is not text, such as half a surrogate pair.
            throw Refused(name, $"its header is not JSON ({fault.Message.TrimEnd('.')})", fault);
        }
    }

    private static Place PlaceOf(JsonProperty entry, string name)
    {
        if (entry.Name.Length == 0)
        {
            throw Refused(name, "one of its tensors has no name");
        }

        if (
            entry.Value.ValueKind != JsonValueKind.Object
            || !entry.Value.TryGetProperty("dtype", out var dtype)
            || dtype.ValueKind != JsonValueKind.String
            || !entry.Value.TryGetProperty("shape", out var shape)
            || !entry.Value.TryGetProperty("data_offsets", out var offsets)
        )
        {
            throw Refused(name, $"tensor {entry.Name} lacks dtype, shape or data_offsets");
        }

        var type =
            TypeOf(dtype.GetString()!)
            ?? throw Refused(
                name,
                $"tensor {entry.Name} has dtype {dtype.GetString()}; F32, F64 and I64 are understood"
            );
        var sizes = Numbers(shape, name, entry.Name, "shape");
        var range = Numbers(offsets, name, entry.Name, "data_offsets");
        if (range.Length != 2 || range[1] < range[0])
        {
            throw Refused(
                name,
                $"tensor {entry.Name} has data_offsets [{string.Join(", ", range)}]; [begin, end] is wanted"
            );
        }

        try
        {
            var bytes = checked(NamedTensor.Elements(sizes) * NamedTensor.BytesOf(type));
            if (bytes != range[1] - range[0])
            {
                throw Refused(
                    name,
                    $"tensor {entry.Name} of shape [{string.Join(", ", sizes)}] needs {bytes} bytes, its offsets span {range[1] - range[0]}"
                );
            }
        }
        catch (OverflowException fault)
        {
            throw Refused(
                name,
                $"tensor {entry.Name} has the impossible shape [{string.Join(", ", sizes)}]",
                fault
            );
        }

        return new Place(entry.Name, type, sizes, range[0], range[1]);
    }

    private static long[] Numbers(JsonElement array, string name, string tensor, string key)
    {
        if (array.ValueKind == JsonValueKind.Array)
        {
            var numbers = new List<long>();
            foreach (var element in array.EnumerateArray())
            {
                if (
                    element.ValueKind != JsonValueKind.Number
                    || !element.TryGetInt64(out var number)
                    || number < 0
                )
                {
                    throw Refused(
                        name,
                        $"tensor {tensor} has {element.GetRawText()} in {key}; whole numbers from 0 are wanted"
                    );
                }

                numbers.Add(number);
            }

            return [.. numbers];
        }

        throw Refused(name, $"tensor {tensor} has a {key} that is not a list");
    }

    private static string Code(TensorType type) =>
        type switch
        {
            TensorType.F32 => "F32",
            TensorType.F64 => "F64",
            _ => "I64",
        };

    private static TensorType? TypeOf(string code) =>
        code switch
        {
            "F32" => TensorType.F32,
            "F64" => TensorType.F64,
            "I64" => TensorType.I64,
            _ => null,
        };

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException(
                "Safetensors files are little-endian and so must this machine be."
            );
        }
    }

    private static InvalidDataException Refused(string name, string reason, Exception? inner = null) =>
        new($"{name} is not a readable safetensors file: {reason}.", inner);

    private readonly record struct Place(string Name, TensorType Type, long[] Shape, long Begin, long End);
}
