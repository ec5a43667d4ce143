using CsCheck;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Tests.Formats;

public sealed class TorchSharpFileTests
{
    private static readonly NamedTensor[] Some =
    [
        NamedTensor.From("conv1.weight", [2, 3], [1f, -2.5f, float.NaN, float.NegativeInfinity, -0f, 3f]),
        NamedTensor.From("scalar", [], [Math.PI]),
        NamedTensor.From("counts", [200], new long[200]),
        NamedTensor.From("empty", [0, 4], ReadOnlySpan<float>.Empty),
    ];

    [Fact]
    public void WhatWasWrittenIsReadBackBitForBit()
    {
        var read = TorchSharpFile.Read(new MemoryStream(Bytes(Some)), "x");

        foreach (var (tensor, twin) in Some.Zip(read))
        {
            Assert.Equal(
                (tensor.Name, tensor.Type, string.Join(',', tensor.Shape)),
                (twin.Name, twin.Type, string.Join(',', twin.Shape))
            );
            Assert.True(tensor.Data.Span.SequenceEqual(twin.Data.Span));
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 1, (byte)'a', 5, 0 }, "element type 5")] // float16
    [InlineData(new byte[] { 1, 0, 6, 0 }, "no name")]
    [InlineData(new byte[] { 1, 1, (byte)'a', 6, 1, 9, 0, 0, 0, 0 }, "claims 36 bytes where 4 are left")]
    [InlineData(new byte[] { 1, 0x7f, (byte)'a' }, "a name claims 127 bytes")]
    [InlineData(new byte[] { 1, 1, (byte)'a', 6, 200, 1 }, "claims 200 dimensions")]
    [InlineData(
        new byte[] { 2, 1, (byte)'a', 6, 1, 0, 1, (byte)'a', 6, 1, 0 },
        "two of its tensors are called a"
    )]
    [InlineData(new byte[] { 0, 0 }, "1 bytes follow")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "")]
    public void AForeignFileIsRefusedByNameWithTheReason(byte[] bytes, string reason)
    {
        var fault = Assert.Throws<InvalidDataException>(() =>
            TorchSharpFile.Read(new MemoryStream(bytes), "model.dat")
        );

        Assert.StartsWith(
            "model.dat is not a readable TorchSharp file: ",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = Bytes(Some);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() =>
                TorchSharpFile.Read(new MemoryStream(bytes[..length]), "x")
            );
    }

    [Fact]
    public void AnyBytesAreReadOrRefusedButNeverBreakTheReader()
    {
        var whole = Bytes(Some);
        Gen.Select(Gen.Int[0, 60], Gen.Byte)
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    var bytes = whole.ToArray();
                    foreach (var (place, value) in changes)
                        bytes[place] = value;
                    try
                    {
                        TorchSharpFile.Read(new MemoryStream(bytes), "x");
                    }
                    catch (InvalidDataException) { }
                },
                iter: 20_000
            );
    }

    private static byte[] Bytes(IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        TorchSharpFile.Write(stream, tensors);
        return stream.ToArray();
    }
}
