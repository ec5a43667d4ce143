using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Exchange;

/// <summary>A kind of file that models are exchanged in.</summary>
/// <param name="Name">As in <c>--format</c>.</param>
/// <param name="Extensions">Endings of its files' names, with the dot; new ones get the first.</param>
/// <param name="Write">Writes a model to a seekable stream.</param>
public sealed record ModelFormat(
    string Name,
    IReadOnlyList<string> Extensions,
    Action<Stream, StoredModel> Write
)
{
    /// <summary>Reads the tensors of a file, throwing <see cref="InvalidDataException"/> for a foreign one; null where it is only written.</summary>
    public Func<string, FileTensors>? Read { get; init; }

    /// <summary>All of them: a new one is a line here.</summary>
    public static IReadOnlyList<ModelFormat> All { get; } =
    [
        new(
            "safetensors",
            [".safetensors"],
            (stream, model) => Safetensors.Write(stream, [.. model.Tensors.Values], model.Metadata())
        )
        {
            Read = path => new(Safetensors.Read(path)),
        },
        new(
            "pytorch",
            [".pt", ".pth", ".pth.tar"],
            (stream, model) => PyTorchFile.Write(stream, [.. model.Tensors.Values])
        )
        {
            Read = PyTorchFile.Read,
        },
        new("onnx", [".onnx"], OnnxNetwork.Write),
        new(
            "torchsharp",
            [".dat"],
            (stream, model) => TorchSharpFile.Write(stream, [.. model.Tensors.Values])
        )
        {
            Read = path => new(TorchSharpFile.Read(path)),
        },
    ];

    /// <summary>The usual endings of those that are read, for help texts: <c>safetensors, pt, dat</c>.</summary>
    public static string ReadableEndings { get; } =
        string.Join(
            ", ",
            All.Where(format => format.Read is not null).Select(format => format.Extensions[0].TrimStart('.'))
        );

    /// <summary>The format that a file's name says; null when none does.</summary>
    public static ModelFormat? OfFile(string path) =>
        All.FirstOrDefault(format =>
            format.Extensions.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        );
}
