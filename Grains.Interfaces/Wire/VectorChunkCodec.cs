using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Writes a chunk as its length and its bytes; reads it into a rented array.</summary>
[RegisterSerializer]
public sealed class VectorChunkCodec : IFieldCodec<VectorChunk?>
{
    /// <summary>Largest chunk that is read, bytes: a longer length is a damaged message, not a vector.</summary>
    private const uint Largest = 16 << 20;

    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer,
        uint fieldIdDelta,
        Type? expectedType,
        VectorChunk? value
    )
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }

        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(VectorChunk), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Length);
        writer.Write(value.Bytes);
    }

    /// <inheritdoc/>
    public VectorChunk? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<VectorChunk, TInput>(ref reader, field);

        field.EnsureWireType(WireType.LengthPrefixed);
        ReferenceCodec.MarkValueField(reader.Session);
        var length = reader.ReadVarUInt32();
        if (length > Largest || length > reader.Length - reader.Position)
            throw new InvalidDataException(
                $"A chunk claims {length} bytes; at most {Largest} are allowed and the message has {reader.Length - reader.Position} left."
            );
        var chunk = VectorChunk.Rent((int)length, out var bytes);
        reader.ReadBytes(bytes);
        return chunk;
    }
}

/// <summary>A chunk is shared, never copied, inside a silo.</summary>
[RegisterCopier]
public sealed class VectorChunkCopier : IDeepCopier<VectorChunk?>, IOptionalDeepCopier
{
    /// <inheritdoc/>
    public bool IsShallowCopyable() => true;

    /// <inheritdoc/>
    public VectorChunk? DeepCopy(VectorChunk? input, CopyContext context) => input;
}
