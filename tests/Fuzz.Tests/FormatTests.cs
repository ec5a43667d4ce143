using MMOrleans.Runs.Formats;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Model files.</summary>
public class FormatTests(ITestOutputHelper output)
{
    private static readonly NamedTensor[] Tensors =
    [
        NamedTensor.From("conv1.weight", [2, 3, 1, 1], [1f, 2, 3, 4, 5, 6]),
        NamedTensor.From("bn1.num_batches_tracked", [], [7L]),
        NamedTensor.From("linear.bias", [2], [0.5, -0.5]),
        NamedTensor.From("empty", [0, 4], ReadOnlySpan<float>.Empty),
    ];

    private readonly Fuzzer _fuzzer = new(output);

    [Fact]
    public void Safetensors() =>
        _fuzzer.Run(
            "safetensors",
            [
                Written(stream => MMOrleans.Runs.Formats.Safetensors.Write(stream, Tensors)),
                Written(stream =>
                    MMOrleans.Runs.Formats.Safetensors.Write(
                        stream,
                        Tensors[..1],
                        new Dictionary<string, string> { ["format"] = "pt" }
                    )
                ),
            ],
            2000,
            bytes => MMOrleans.Runs.Formats.Safetensors.Read(new MemoryStream(bytes), "fuzzed"),
            fault => fault is InvalidDataException
        );

    [Fact]
    public void PyTorchArchive() =>
        _fuzzer.Run(
            "pt archive",
            [
                Written(stream => PyTorchFile.Write(stream, Tensors)),
                Written(s => PyTorchFile.Write(s, Tensors[..1])),
            ],
            2000,
            bytes => PyTorchFile.Read(new MemoryStream(bytes), "fuzzed"),
            fault => fault is InvalidDataException
        );

    /// <summary>Past the archive's checksums, which stop most damage before the pickle is looked at.</summary>
    [Fact]
    public void PickleOfTensors() =>
        _fuzzer.Run(
            "pt pickle",
            [TensorPickle.Of(Tensors), TensorPickle.Of(Tensors[..1])],
            3000,
            bytes => TensorUnpickler.Read(bytes),
            fault => fault is FormatException
        );

    [Fact]
    public void TorchSharpModule() =>
        _fuzzer.Run(
            "dat",
            [
                Written(stream => TorchSharpFile.Write(stream, Tensors)),
                Written(s => TorchSharpFile.Write(s, Tensors[..1])),
            ],
            2000,
            bytes => TorchSharpFile.Read(new MemoryStream(bytes), "fuzzed"),
            fault => fault is InvalidDataException
        );

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
