using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Writes a chunk as its length and its bytes, and reads it into a rented array; a chunk that is elsewhere is written as where.</summary>
[RegisterSerializer]
public sealed class VectorChunkCodec : IFieldCodec<VectorChunk?>
{
    /// <summary>Largest chunk that is read, bytes: a longer length is a damaged message, not a vector.</summary>
    private const uint Largest = 16 << 20;

    /// <inheritdoc/>
    /// <exception cref="VectorRewrittenException">The chunk's memory has been written anew: its call was given up long ago.</exception>
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
        if (value is { IsElsewhere: true, Reference: { } reference })
        {
            writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(VectorChunk), WireType.TagDelimited);
            UInt64Codec.WriteField(ref writer, 0, reference.Arena);
            Int32Codec.WriteField(ref writer, 1, reference.Entry);
            UInt64Codec.WriteField(ref writer, 1, reference.Version);
            Int64Codec.WriteField(ref writer, 1, reference.Offset);
            Int32Codec.WriteField(ref writer, 1, reference.Length);
            writer.WriteEndObject();
            return;
        }

        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(VectorChunk), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Length);
        writer.Write(value.Bytes);
        if (!value.IsIntact)
            throw new VectorRewrittenException();
    }

    /// <inheritdoc/>
    public VectorChunk? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<VectorChunk, TInput>(ref reader, field);
        if (field.WireType == WireType.TagDelimited)
        {
            ReferenceCodec.MarkValueField(reader.Session);
            return VectorChunk.At(ReadReference(ref reader));
        }

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

    private static ChunkReference ReadReference<TInput>(ref Reader<TInput> reader)
    {
        var reference = default(ChunkReference);
        uint id = 0;
        while (true)
        {
            var field = reader.ReadFieldHeader();
            if (field.IsEndBaseOrEndObject)
                return reference;
            id += field.FieldIdDelta;
            switch (id)
            {
                case 0:
                    reference = reference with { Arena = UInt64Codec.ReadValue(ref reader, field) };
                    break;
                case 1:
                    reference = reference with { Entry = Int32Codec.ReadValue(ref reader, field) };
                    break;
                case 2:
                    reference = reference with { Version = UInt64Codec.ReadValue(ref reader, field) };
                    break;
                case 3:
                    reference = reference with { Offset = Int64Codec.ReadValue(ref reader, field) };
                    break;
                case 4:
                    reference = reference with { Length = Int32Codec.ReadValue(ref reader, field) };
                    break;
                default:
                    reader.ConsumeUnknownField(field);
                    break;
            }
        }
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
