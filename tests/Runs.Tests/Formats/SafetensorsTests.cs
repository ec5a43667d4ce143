using System.Buffers.Binary;
using System.Text;
using CsCheck;
using MMOrleans.Runs.Formats;
using Xunit;

namespace MMOrleans.Runs.Tests.Formats;

public sealed class SafetensorsTests
{
    private static readonly NamedTensor[] Some =
    [
        NamedTensor.From(
            "conv1.weight",
            [2, 3],
            [1f, -2.5f, float.NaN, float.NegativeInfinity, -0f, float.Epsilon]
        ),
        NamedTensor.From("scalar", [], [Math.PI]),
        NamedTensor.From("counts", [2], [long.MinValue, 7L]),
        NamedTensor.From("empty", [0, 4], ReadOnlySpan<float>.Empty),
    ];

    [Fact]
    public void WhatWasWrittenIsReadBackBitForBit()
    {
        var read = Safetensors.Read(new MemoryStream(Bytes(Some)), "x");

        Assert.Equal(Some.Select(t => t.Name).Order(), read.Select(t => t.Name).Order());
        foreach (var tensor in Some)
        {
            var twin = read.Single(t => t.Name == tensor.Name);
            Assert.Equal(tensor.Type, twin.Type);
            Assert.Equal(tensor.Shape, twin.Shape);
            Assert.True(tensor.Data.Span.SequenceEqual(twin.Data.Span));
        }
    }

    [Fact]
    public void TheBytesAreThoseOfThePublishedFormat()
    {
        // 8 bytes of length, then the header, padded with spaces to a multiple of 8, then 1.0f = 00 00 80 3f.
        const string header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """;

        var bytes = Bytes([NamedTensor.From("a", [1], [1f])]);

        Assert.Equal(header.Length, (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(header, Encoding.ASCII.GetString(bytes, 8, header.Length));
        Assert.Equal([0, 0, 0x80, 0x3f], bytes[^4..]);
    }

    [Fact]
    public void TensorsInAnotherOrderThanTheirBytesAreFound()
    {
        var bytes = Raw(
            """{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
            8
        );
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - 4), 5f);

        var read = Safetensors.Read(new MemoryStream(bytes), "x");

        Assert.Equal(5f, read.Single(t => t.Name == "b").Values<float>()[0]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", "dtype BF16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "[begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "[begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "-1 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "1.5 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "shape that is not a list")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""",
        "impossible shape"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2305843009213693952],"data_offsets":[0,4]}}""",
        "impossible shape"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "overlap"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""",
        "gap"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "take 8 bytes, but 4 follow")]
    [InlineData("""{}""", "take 0 bytes, but 4 follow")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "not JSON"
    )]
    [InlineData("""{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "no name")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", "lacks dtype")]
    [InlineData("""{"a":4}""", "lacks dtype")]
    [InlineData("""[1]""", "not a JSON object")]
    [InlineData("""{"a":""", "not JSON")]
    public void AForeignHeaderIsRefusedByNameWithTheReason(string header, string reason)
    {
        var fault = Assert.Throws<InvalidDataException>(() =>
            Safetensors.Read(new MemoryStream(Raw(header, 4)), "model.safetensors")
        );

        Assert.StartsWith("model.safetensors ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(1000UL)]
    public void AHeaderLongerThanTheFileIsRefusedBeforeAnythingIsAllocated(ulong claimed)
    {
        var bytes = Bytes(Some);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimed);

        var fault = Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream(bytes), "x"));

        Assert.Contains($"claims {claimed} bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = Bytes(Some);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() =>
                Safetensors.Read(new MemoryStream(bytes[..length]), "x")
            );
        }
    }

    [Fact]
    public void AnyBytesAreReadOrRefusedButNeverBreakTheReader() =>
        // A valid file with up to four bytes replaced: reaches every branch of the header's reading.
        Gen.Select(Gen.Int[0, Bytes(Some).Length - 1], Gen.Byte)
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    var bytes = Bytes(Some);
                    foreach (var (place, value) in changes)
                    {
                        bytes[place] = value;
                    }

                    try
                    {
                        Safetensors.Read(new MemoryStream(bytes), "x");
                    }
                    catch (InvalidDataException) { }
                },
                iter: 2000
            );

    [Fact]
    public void TwoTensorsOfOneNameAreNotWritten() =>
        Assert.Throws<ArgumentException>(() => Bytes([Some[0], Some[0]]));

    private static byte[] Bytes(IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors);
        return stream.ToArray();
    }

    private static byte[] Raw(string header, int data)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        return bytes;
    }
}
