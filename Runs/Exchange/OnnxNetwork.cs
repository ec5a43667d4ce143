using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Exchange;

/// <summary>Says in ONNX what a residual network computes when it does not train; it needs no tensor library.</summary>
/// <remarks>
/// Input <c>images</c> [N, 3, height, width] float32, normalised; output <c>logits</c> [N, classes], those that <c>mm eval</c> ranks.
/// Constants have the names of the state. A tensor of the model that the graph does not use is a layer that this class does not know,
/// so that another kind of network is refused and never exported without a part of itself.
/// </remarks>
internal sealed class OnnxNetwork
{
    private static readonly int[] KernelShape = [3, 3];
    private static readonly int[] KernelPadding = [1, 1, 1, 1];

    private const float BatchNormEpsilon = 1e-5f;
    private const float SmallestLength = 1e-12f;

    private static readonly Dictionary<string, Func<OnnxNetwork, string, string>> Heads = new(
        StringComparer.Ordinal
    )
    {
        ["normalised"] = (network, features) => network.Cosines(features),
        ["plain"] = (network, features) => network.Linear(features, bias: true),
        ["sigmoid"] = (network, features) => network.Linear(features, bias: true),
        ["unbiased"] = (network, features) => network.Linear(features, bias: false),
    };

    private readonly StoredModel _model;
    private readonly OnnxGraph _graph;
    private readonly HashSet<string> _unused;

    private OnnxNetwork(StoredModel model)
    {
        _model = model;
        _graph = new($"{model.Card.Architecture} of {model.Card.Run}");
        _unused = model
            .Tensors.Keys.Where(name => !name.EndsWith(TensorNames.BatchesTracked, StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Writes the model.</summary>
    /// <exception cref="FaultException">MM5002: the network has layers, or a head, that this does not know.</exception>
    public static void Write(Stream stream, StoredModel model)
    {
        var network = new OnnxNetwork(model);
        network.Build();
        network._graph.Write(
            stream,
            new Dictionary<string, string>
            {
                ["run"] = model.Card.Run,
                ["checkpoint"] = model.Card.Checkpoint,
                ["state_sha256"] = model.Card.StateSha256,
                ["classes"] = string.Join('\n', model.Card.Classes),
            }
        );
    }

    private void Build()
    {
        var card = _model.Card;
        var x = _graph.Input("images", "N", card.Input.Channels, card.Input.Height, card.Input.Width);
        x = Relu(BatchNorm(Convolution(x, "conv1", 1), "bn1"));
        var channels = OutputsOf("conv1");
        for (var stage = 1; Has($"layer{stage}.0.conv1.weight"); stage++)
        for (var block = 0; Has($"layer{stage}.{block}.conv1.weight"); block++)
        {
            var name = $"layer{stage}.{block}";
            var stride = stage > 1 && block == 0 ? 2 : 1;
            var y = Relu(BatchNorm(Convolution(x, $"{name}.conv1", stride), $"{name}.bn1"));
            y = BatchNorm(Convolution(y, $"{name}.conv2", 1), $"{name}.bn2");
            var outputs = OutputsOf($"{name}.conv2");
            x = Relu(_graph.Apply("Add", [y, Shortcut(x, name, stride, (outputs - channels) / 2)]));
            channels = outputs;
        }

        var features = _graph.Apply(
            "Flatten",
            [_graph.Apply("GlobalAveragePool", [x])],
            new Dictionary<string, object> { ["axis"] = 1 }
        );
        if (!Heads.TryGetValue(card.Head, out var head))
        {
            throw Unknown($"the head '{card.Head}'");
        }

        _graph.Output(head(this, features), "N", card.Classes.Count);
        if (_unused.Count > 0)
        {
            throw Unknown(
                $"the layers of {string.Join(", ", _unused.Order(StringComparer.Ordinal).Take(3))}"
            );
        }
    }

    private string Convolution(string x, string name, int stride) =>
        _graph.Apply(
            "Conv",
            [x, State($"{name}.weight")],
            new Dictionary<string, object>
            {
                ["kernel_shape"] = KernelShape,
                ["pads"] = KernelPadding,
                ["strides"] = new[] { stride, stride },
            }
        );

    private string BatchNorm(string x, string name) =>
        _graph.Apply(
            "BatchNormalization",
            [
                x,
                State($"{name}.weight"),
                State($"{name}.bias"),
                State($"{name}.running_mean"),
                State($"{name}.running_var"),
            ],
            new Dictionary<string, object> { ["epsilon"] = BatchNormEpsilon }
        );

    private string Relu(string x) => _graph.Apply("Relu", [x]);

    // Type A: every second row and column from index 0, and zero channels before and after.
    private string Shortcut(string x, string name, int stride, int padding)
    {
        if (stride != 1)
        {
            x = _graph.Apply(
                "Slice",
                [
                    x,
                    Numbers($"{name}.starts", 0, 0),
                    Numbers($"{name}.ends", long.MaxValue, long.MaxValue),
                    Numbers($"{name}.axes", 2, 3),
                    Numbers($"{name}.steps", stride, stride),
                ]
            );
        }

        return padding == 0
            ? x
            : _graph.Apply("Pad", [x, Numbers($"{name}.pads", 0, padding, 0, 0, 0, padding, 0, 0)]);
    }

    private string Linear(string features, bool bias) =>
        _graph.Apply(
            "Gemm",
            bias
                ? [features, State("linear.weight"), State("linear.bias")]
                : [features, State("linear.weight")],
            new Dictionary<string, object> { ["transB"] = 1 },
            result: "logits"
        );

    // The state holds a column a class.
    private string Cosines(string features)
    {
        var smallest = _graph.Constant(NamedTensor.From("smallest_length", [], [SmallestLength]));
        return _graph.Apply(
            "MatMul",
            [Normalised(features, 1), Normalised(State("linear.weight"), 0)],
            result: "logits"
        );

        string Normalised(string x, int axis)
        {
            var length = _graph.Apply(
                "ReduceL2",
                [x],
                new Dictionary<string, object> { ["axes"] = new[] { axis }, ["keepdims"] = 1 }
            );
            return _graph.Apply("Div", [x, _graph.Apply("Max", [length, smallest])]);
        }
    }

    private string Numbers(string name, params long[] numbers) =>
        _graph.Constant(NamedTensor.From(name, [numbers.Length], numbers));

    private bool Has(string name) => _model.Tensors.ContainsKey(name);

    private int OutputsOf(string layer) => (int)_model.Tensors[$"{layer}.weight"].Shape[0];

    private string State(string name)
    {
        if (!_model.Tensors.TryGetValue(name, out var tensor))
        {
            throw Unknown($"a network without {name}");
        }

        _unused.Remove(name);
        return _graph.Constant(tensor);
    }

    private FaultException Unknown(string what) =>
        new(
            "MM5002",
            $"{_model.Card.Checkpoint} of {_model.Card.Run} cannot be written as ONNX: {what} of {_model.Card.Architecture} is not known there",
            "export it with --format safetensors, or pytorch and let PyTorch write the ONNX file"
        );
}
