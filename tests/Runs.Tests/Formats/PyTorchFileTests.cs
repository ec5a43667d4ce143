using System.IO.Compression;
using System.Text;
using CsCheck;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Tests.Formats;

public sealed class PyTorchFileTests
{
    private const string OrderedDictionary = "ccollections\nOrderedDict\n)R";

    private static readonly NamedTensor[] Some =
    [
        NamedTensor.From("conv1.weight", [2, 3], [1f, -2.5f, float.NaN, float.NegativeInfinity, -0f, 3f]),
        NamedTensor.From("scalar", [], [Math.PI]),
        NamedTensor.From("counts", [2], [long.MinValue, 7L]),
        NamedTensor.From("empty", [0, 4], ReadOnlySpan<float>.Empty),
    ];

    [Fact]
    public void WhatWasWrittenIsReadBackBitForBit()
    {
        var read = PyTorchFile.Read(new MemoryStream(Bytes(Some)), "x").Tensors;

        Assert.Equal(Some.Select(t => t.Name), read.Select(t => t.Name));
        foreach (var (tensor, twin) in Some.Zip(read))
        {
            Assert.Equal(tensor.Type, twin.Type);
            Assert.Equal(tensor.Shape, twin.Shape);
            Assert.True(tensor.Data.Span.SequenceEqual(twin.Data.Span));
        }
    }

    [Fact]
    public void AnotherOrderOfElementsIsPutIntoOurs()
    {
        // Storage 0 … 5, seen as the transpose of its last five: [[1, 3], [2, 4]] with strides (1, 2) from offset 1.
        var read = PyTorchFile.Read(
            Archive(
                Dictionary(Tensor("w", elements: 6, offset: 1, [2, 2], [1, 2])),
                Floats(0, 1, 2, 3, 4, 5)
            ),
            "x"
        );

        Assert.Equal([1f, 3f, 2f, 4f], read.Tensors.Single().Values<float>().ToArray());
    }

    // What each would do to Python's own unpickler: run a command, open a file, call eval, load a class of somebody's.
    [Theory]
    [InlineData("cposix\nsystem\nX\u0002\0\0\0id\u0085R.", "wants to use posix.system")]
    [InlineData("cbuiltins\neval\nX\u0001\0\0\01\u0085R.", "wants to use builtins.eval")]
    [InlineData("c__builtin__\nopen\nX\u0001\0\0\0x\u0085R.", "wants to use __builtin__.open")]
    [InlineData("ctorch.nn.modules.linear\nLinear\n)R.", "wants to use torch.nn.modules.linear.Linear")]
    [InlineData(
        "ctorch._utils\n_rebuild_device_tensor_from_numpy\n)R.",
        "wants to use torch._utils._rebuild_device_tensor_from_numpy"
    )]
    [InlineData("ctorch\nComplexFloatStorage\n.", "elements of type torch.ComplexFloatStorage")]
    public void ANameThatIsNoTensorsIsRefusedBeforeItIsUsed(string pickle, string reason)
    {
        var fault = Refused($"\u0080\u0002{pickle}");

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0080\u0002iposix\nsystem\n.", "instruction 0x69")] // INST
    [InlineData("\u0080\u0002(X\u0001\0\0\0xo.", "instruction 0x6f")] // OBJ
    [InlineData("\u0080\u0002N)\u0081.", "it calls None")] // NEWOBJ
    [InlineData("\u0080\u0002\u0082\u0001.", "instruction 0x82")] // EXT1
    [InlineData("\u0080\u0002\u0093.", "instruction 0x93")] // STACK_GLOBAL
    [InlineData("\u0080\u0004N.", "protocol 4")]
    [InlineData("\u0080\u0002N.", "something else than a dictionary")]
    [InlineData("\u0080\u0002}.}", "")] // an empty dictionary, and bytes that are never looked at
    [InlineData("\u0080\u0002}X\u0001\0\0\0aK\u0005s.", "'a' is the number 5, not a tensor")]
    [InlineData("\u0080\u0002}K\u0005Ns.", "one of its keys is the number 5")]
    [InlineData("\u0080\u0002", "ends within a value")]
    [InlineData("\u0080\u0002}X\u00ff\u00ff\u00ff\u007fa", "ends within a value")]
    [InlineData("\u0080\u0002cposix", "ends within a name")]
    [InlineData("\u0080\u0002R", "a value that is not there")]
    [InlineData("\u0080\u0002(R", "a value that is not there")]
    [InlineData("\u0080\u0002t", "closes what it did not open")]
    [InlineData("\u0080\u0002h\u0007", "recalls value 7")]
    [InlineData("\u0080\u0002Nb", "a value that is not there")]
    [InlineData("\u0080\u0002NNb.", "attributes of what is not a dictionary")]
    [InlineData("\u0080\u0002N(NNu.", "fills something else")]
    [InlineData("\u0080\u0002ccollections\nOrderedDict\nK\u0001\u0085R.", "with arguments of another kind")]
    [InlineData("\u0080\u0002K\u0001)R.", "it calls the number 1")]
    [InlineData("\u0080\u0002X\u0001\0\0\0aQ.", "describes a storage")]
    public void AnyOtherPickleIsRefusedWithTheReason(string pickle, string reason)
    {
        if (reason.Length == 0)
            Assert.Empty(PyTorchFile.Read(Archive(Latin(pickle)), "x").Tensors);
        else
            Assert.Contains(reason, Refused(pickle).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 0, new long[] { 7 }, new long[] { 1 })] // longer than its storage
    [InlineData(6, 3, new long[] { 4 }, new long[] { 1 })] // from the middle
    [InlineData(6, 0, new long[] { 3 }, new long[] { 3 })] // in large steps
    [InlineData(6, 0, new long[] { 1 << 20, 1 << 10 }, new long[] { 0, 0 })] // one element, a billion times
    [InlineData(6, int.MaxValue, new long[] { 1 }, new long[] { 1 })]
    public void ATensorBeyondItsStorageIsRefused(int elements, int offset, long[] shape, long[] strides) =>
        Assert.Contains(
            "reaches beyond the 6 elements",
            Refused(
                Dictionary(Tensor("w", elements, offset, shape, strides)),
                Floats(0, 1, 2, 3, 4, 5)
            ).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void AStorageShorterThanThePickleSaysIsRefused() =>
        Assert.Contains(
            "storage 0 has 8 bytes, wanted 24",
            Refused(Dictionary(Tensor("w", 6, 0, [6], [1])), Floats(0, 1)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void OneStorageInAThousandTensorsIsRefused() =>
        Assert.Contains(
            "more than twice the bytes of the file",
            Refused(
                Dictionary([
                    .. Enumerable.Range(0, 1000).SelectMany(i => Tensor($"w{i}", 5000, 0, [5000], [1])),
                ]),
                Floats(new float[5000])
            ).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void CompressedEntriesAreRefusedBecauseTheyMayBeBombs()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("x/data.pkl", CompressionLevel.SmallestSize).Open())
            entry.Write(new byte[1 << 20]);

        var fault = Assert.Throws<InvalidDataException>(() => PyTorchFile.Read(stream, "model.pt"));

        Assert.Contains("compresses nothing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramIsRefused()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("x/data.pkl", CompressionLevel.NoCompression).Open().Dispose();
            zip.CreateEntry("x/constants.pkl", CompressionLevel.NoCompression).Open().Dispose();
        }

        var fault = Assert.Throws<InvalidDataException>(() => PyTorchFile.Read(stream, "model.pt"));

        Assert.Contains("TorchScript", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFlippedByteOfAnElementIsNoticed()
    {
        var bytes = Bytes(Some);
        var place = bytes.AsSpan().IndexOf(Some[0].Data.Span);
        bytes[place] ^= 1;

        var fault = Assert.Throws<InvalidDataException>(() =>
            PyTorchFile.Read(new MemoryStream(bytes), "model.pt")
        );

        Assert.Contains("data/0 is damaged", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = Bytes(Some);
        for (var length = 0; length < bytes.Length; length++)
        {
            var fault = Assert.Throws<InvalidDataException>(() =>
                PyTorchFile.Read(new MemoryStream(bytes[..length]), "model.pt")
            );
            Assert.StartsWith(
                "model.pt is not a readable PyTorch file: ",
                fault.Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void AnyPickleIsReadOrRefusedButNeverBreaksTheReader()
    {
        var pickle = TensorPickle.Of(Some);
        Gen.Select(Gen.Int[0, pickle.Length - 1], Gen.Byte)
            .Array[1, 6]
            .Sample(
                changes =>
                {
                    var bytes = pickle.ToArray();
                    foreach (var (place, value) in changes)
                        bytes[place] = value;
                    try
                    {
                        TensorUnpickler.Read(bytes);
                    }
                    catch (FormatException) { }
                },
                iter: 20_000
            );
    }

    [Fact]
    public void AnyBytesAreReadOrRefusedButNeverBreakTheReader()
    {
        var whole = Bytes(Some);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte)
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    var bytes = whole.ToArray();
                    foreach (var (place, value) in changes)
                        bytes[place] = value;
                    try
                    {
                        PyTorchFile.Read(new MemoryStream(bytes), "x");
                    }
                    catch (InvalidDataException) { }
                },
                iter: 5_000
            );
    }

    private static InvalidDataException Refused(string pickle) => Refused(Latin(pickle));

    private static InvalidDataException Refused(byte[] pickle, params byte[][] storages)
    {
        var fault = Assert.Throws<InvalidDataException>(() =>
            PyTorchFile.Read(Archive(pickle, storages), "model.pt")
        );
        Assert.StartsWith(
            "model.pt is not a readable PyTorch file: ",
            fault.Message,
            StringComparison.Ordinal
        );
        return fault;
    }

    private static byte[] Bytes(IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        PyTorchFile.Write(stream, tensors);
        return stream.ToArray();
    }

    private static MemoryStream Archive(byte[] pickle, params byte[][] storages)
    {
        var stream = new MemoryStream();
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add("x/data.pkl", pickle);
        for (var i = 0; i < storages.Length; i++)
            Add($"x/data/{i}", storages[i]);
        return stream;

        void Add(string name, byte[] content)
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }
    }

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Floats(params float[] values) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();

    private static byte[] Dictionary(byte[] items) =>
        [.. Latin($"\u0080\u0002{OrderedDictionary}("), .. items, .. "u."u8];

    // As torch.save writes it, with the numbers given.
    private static byte[] Tensor(string name, int elements, int offset, long[] shape, long[] strides) =>
        [
            .. Text(name),
            .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8,
            .. Text("storage"),
            .. "ctorch\nFloatStorage\n"u8,
            .. Text("0"),
            .. Text("cpu"),
            .. Number(elements),
            .. "tQ"u8,
            .. Number(offset),
            .. "("u8,
            .. shape.SelectMany(Number),
            .. "t("u8,
            .. strides.SelectMany(Number),
            .. "t"u8,
            .. Latin($"\u0089{OrderedDictionary}tR"),
        ];

    private static byte[] Text(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Latin(text)];

    private static byte[] Number(long number) => [(byte)'J', .. BitConverter.GetBytes((int)number)];

    private static byte[] Number(int number) => Number((long)number);
}
