namespace MMOrleans.Runs.Formats;

/// <summary>A computation as ONNX describes it: constants, and operators that give each value a name.</summary>
/// <remarks>Field numbers are those of <c>onnx.proto</c>, IR version 8, which opset 17 came with.</remarks>
public sealed class OnnxGraph
{
    /// <summary>Version of the operators' definitions.</summary>
    public const int Opset = 17;

    private const int IrVersion = 8;
    private const int Float = 1;

    private readonly ProtobufMessage _graph = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <param name="name">For people.</param>
    public OnnxGraph(string name) => _graph.Add(2, name);

    /// <summary>Declares a floating-point value that comes from outside.</summary>
    /// <param name="name">Its name, which is returned.</param>
    /// <param name="dimensions">A number, or a word for a size that is only known when it runs.</param>
    public string Input(string name, params object[] dimensions)
    {
        _graph.Add(11, Value(name, dimensions));
        return name;
    }

    /// <summary>Declares a value that is a result.</summary>
    /// <inheritdoc cref="Input"/>
    public void Output(string name, params object[] dimensions) => _graph.Add(12, Value(name, dimensions));

    /// <summary>Adds a constant; returns its name.</summary>
    public string Constant(NamedTensor tensor)
    {
        var message = new ProtobufMessage();
        foreach (var size in tensor.Shape)
        {
            message.Add(1, size);
        }

        var type = tensor.Type switch
        {
            TensorType.F32 => Float,
            TensorType.F64 => 11,
            _ => 7,
        };
        _graph.Add(5, message.Add(2, type).Add(8, tensor.Name).Add(9, tensor.Data.Span));
        return tensor.Name;
    }

    /// <summary>Adds an operator; returns the name of its result.</summary>
    /// <param name="operation">Such as <c>Conv</c>.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="attributes">Each a whole number, a list of such, or a number of single precision.</param>
    /// <param name="result">Name of the result; null for one that is made up.</param>
    public string Apply(
        string operation,
        IReadOnlyList<string> inputs,
        IReadOnlyDictionary<string, object>? attributes = null,
        string? result = null
    )
    {
        _counts[operation] = _counts.GetValueOrDefault(operation) + 1;
        var name = result ?? $"{operation}_{_counts[operation]}";
        var node = new ProtobufMessage();
        foreach (var input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, name).Add(3, $"{operation}:{name}").Add(4, operation);
        foreach (var (key, value) in attributes ?? new Dictionary<string, object>())
        {
            node.Add(5, Attribute(key, value));
        }

        _graph.Add(1, node);
        return name;
    }

    /// <summary>Writes the model.</summary>
    /// <param name="stream">Written from its position on.</param>
    /// <param name="metadata">Texts for other programs.</param>
    public void Write(Stream stream, IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(2, "MMOrleans")
            .Add(7, _graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, Opset));
        foreach (var (key, value) in metadata)
        {
            model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        }

        stream.Write(model.Bytes);
    }

    private static ProtobufMessage Attribute(string name, object value)
    {
        var attribute = new ProtobufMessage().Add(1, name);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, 1);
            case int number:
                return attribute.Add(3, number).Add(20, 2);
            case int[] numbers:
                foreach (var number in numbers)
                {
                    attribute.Add(8, number);
                }

                return attribute.Add(20, 7);
            default:
                throw new ArgumentException($"{name} is a {value.GetType().Name}.", nameof(value));
        }
    }

    private static ProtobufMessage Value(string name, object[] dimensions)
    {
        var shape = new ProtobufMessage();
        foreach (var dimension in dimensions)
        {
            shape.Add(
                1,
                dimension is string word
                    ? new ProtobufMessage().Add(2, word)
                    : new ProtobufMessage().Add(1, (int)dimension)
            );
        }

        var tensor = new ProtobufMessage().Add(1, Float).Add(2, shape);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}
