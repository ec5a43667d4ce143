using System.Text;

namespace MMOrleans.Learning.Formats;

/// <summary>Writes one protocol-buffers message, field by field; an inner message is a field like another.</summary>
/// <remarks>
/// Only writing, and only what ONNX needs: a schema and its generated reader would be a hundred times longer than this. A whole number
/// is seven bits a byte, lowest first, which the framework's writer knows.
/// </remarks>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    public ProtobufMessage() => _writer = new(_bytes);

    /// <summary>A whole number.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        Tag(field, Varint);
        _writer.Write7BitEncodedInt64(value);
        return this;
    }

    /// <summary>A number of single precision.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        _writer.Write(value);
        return this;
    }

    /// <summary>A text.</summary>
    public ProtobufMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage value) =>
        Add(field, value._bytes.GetBuffer().AsSpan(0, (int)value._bytes.Length));

    /// <summary>Bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        _writer.Write7BitEncodedInt(value.Length);
        _writer.Write(value);
        return this;
    }

    public void WriteTo(Stream stream) => _bytes.WriteTo(stream);

    private void Tag(int field, int wireType) => _writer.Write7BitEncodedInt((field << 3) | wireType);
}
