using System.Buffers;
using System.Text.Json;
using MMOrleans.Runs.Folders;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Carries a type of the project <c>Runs</c>, which knows no Orleans, as the JSON of <c>run.json</c>; shared, never copied, inside a silo.</summary>
/// <remarks>One rule of evolution for disk and wire: keys are only added, and an unknown one is passed over. <see cref="RunsManifest"/> says for which types.</remarks>
/// <typeparam name="T">A record, which nobody alters once it is made, or an enum.</typeparam>
public sealed class RunsCodec<T> : IFieldCodec<T?>, IDeepCopier<T?>, IOptionalDeepCopier
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer,
        uint fieldIdDelta,
        Type? expectedType,
        T? value
    )
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }

        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T), WireType.LengthPrefixed);
        var json = JsonSerializer.SerializeToUtf8Bytes(value, RecordJson.Options);
        writer.WriteVarUInt32((uint)json.Length);
        writer.Write(json);
    }

    /// <inheritdoc/>
    public T? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<T, TInput>(ref reader, field);

        field.EnsureWireType(WireType.LengthPrefixed);
        ReferenceCodec.MarkValueField(reader.Session);
        var length = reader.ReadVarUInt32();
        if (length > reader.Length - reader.Position)
            throw new InvalidDataException(
                $"A {typeof(T).Name} claims {length} bytes; the message has {reader.Length - reader.Position} left."
            );
        return JsonSerializer.Deserialize<T>(reader.ReadBytes(length), RecordJson.Options);
    }

    /// <inheritdoc/>
    public bool IsShallowCopyable() => true;

    /// <inheritdoc/>
    public T? DeepCopy(T? input, CopyContext context) => input;
}
