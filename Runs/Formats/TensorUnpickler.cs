namespace MMOrleans.Runs.Formats;

/// <summary>Reads the tensors of a pickle that torch.save wrote: a dictionary of them, or a training's checkpoint that holds one.</summary>
/// <remarks>
/// A checkpoint of published code has an optimiser's state, an epoch and the command line beside its tensors. What these are made of is
/// known by name (<see cref="Harmless"/>) and left out; any other name is refused. What is copied for a tensor is its few sizes.
/// </remarks>
internal sealed class TensorUnpickler : PickleMachine
{
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildOldTensor = "torch._utils._rebuild_tensor";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";
    private const string Size = "torch.Size";
    private const string OrderedDictionary = "collections.OrderedDict";

    // Where published code keeps the tensors, the first that there is.
    private static readonly string[] StateKeys =
    [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "net",
        "network",
        "weights",
        "params",
        "module",
    ];

    private const int DeepestDictionary = 3;

    private static readonly HashSet<string> Dictionaries = new(StringComparer.Ordinal)
    {
        OrderedDictionary,
        "collections.defaultdict",
        "collections.Counter",
        "builtins.dict",
        "__builtin__.dict",
    };

    private static readonly HashSet<string> Makers = new(StringComparer.Ordinal)
    {
        RebuildTensor,
        RebuildOldTensor,
        RebuildParameter,
        Size,
    };

    /// <summary>Types of what lies beside tensors in published checkpoints; a value of one is made of nothing and can do nothing.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "argparse.Namespace",
        "types.SimpleNamespace",
        "easydict.EasyDict",
        "yacs.config.CfgNode",
        "pathlib.Path",
        "pathlib.PosixPath",
        "pathlib.WindowsPath",
        "datetime.datetime",
        "datetime.timedelta",
        "collections.deque",
        "_codecs.encode",
        "torch.device",
        "torch.torch_version.TorchVersion",
        "numpy.dtype",
        "numpy.ndarray",
        "numpy.core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray.scalar",
        "numpy._core.multiarray._reconstruct",
        .. ((string[])["builtins", "__builtin__"]).SelectMany(module =>
            (
                (string[])
                    [
                        "set",
                        "frozenset",
                        "list",
                        "int",
                        "float",
                        "complex",
                        "bool",
                        "str",
                        "bytes",
                        "bytearray",
                        "slice",
                        "range",
                    ]
            ).Select(name => $"{module}.{name}")
        ),
        .. (
            (string[])
                [
                    "float16",
                    "bfloat16",
                    "float32",
                    "float64",
                    "int8",
                    "int16",
                    "int32",
                    "int64",
                    "uint8",
                    "bool",
                ]
        ).Select(name => $"torch.{name}"),
    ];

    private readonly Dictionary<string, TensorStorage> _storages = new(StringComparer.Ordinal);
    private int _copied;

    private sealed record Tensor(
        TensorStorage Storage,
        long Offset,
        IReadOnlyList<long> Shape,
        IReadOnlyList<long> Strides
    )
    {
        public override string ToString() => "a tensor";
    }

    private TensorUnpickler(byte[] pickle, int at)
        : base(pickle, at) { }

    protected override string Wanted => "dictionary of tensors";

    protected override int HighestProtocol => 2;

    protected override string Writer => "torch.save writes protocol 2";

    /// <summary>The tensors of a pickle.</summary>
    /// <param name="pickle">Nothing follows it that is looked at.</param>
    /// <exception cref="FormatException">The pickle holds no tensors, or wants more than data; the message says what.</exception>
    public static PickledTensors Read(byte[] pickle) => Read(pickle, 0, out _);

    /// <summary>The same of a pickle among others.</summary>
    /// <param name="pickle">Holds it.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    public static PickledTensors Read(byte[] pickle, int at, out int end)
    {
        var machine = new TensorUnpickler(pickle, at);
        var root = machine.Run();
        end = machine.At;
        var leftOut = new List<string>();
        var state = StateOf(root, leftOut);
        return new(Places(state, leftOut), leftOut, machine._storages);
    }

    /// <summary>Any value of such a pickle, for the parts of a file that are not tensors.</summary>
    public static object Value(byte[] pickle, int at, out int end)
    {
        var machine = new TensorUnpickler(pickle, at);
        var value = machine.Run();
        end = machine.At;
        return value;
    }

    private static PickledItems StateOf(object root, List<string> leftOut)
    {
        for (var depth = 0; depth < DeepestDictionary; depth++)
        {
            if (root is not PickledItems items)
                throw new FormatException("it holds something else than a dictionary of tensors");
            // First, because a number such as the best accuracy is a tensor too.
            if (StateKeys.FirstOrDefault(key => Holds(items, key)) is not { } found)
                return items;
            leftOut.AddRange(Keys(items).Where(key => key != found));
            root = items.Last(item => PickledValue.Text(item.Key) == found).Value;
        }

        throw new FormatException("its tensors are deeper in dictionaries than any checkpoint's");
    }

    private static bool Holds(PickledItems items, string key) =>
        items.Any(item => PickledValue.Text(item.Key) == key && item.Value is PickledItems);

    private static IEnumerable<string> Keys(PickledItems items) =>
        items.Select(item => PickledValue.Text(item.Key) ?? PickledValue.Words(item.Key));

    private static List<TensorPlace> Places(PickledItems items, List<string> leftOut)
    {
        var places = new List<TensorPlace>(items.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var other = new List<(string Name, object Value)>();
        foreach (var (key, value) in items)
        {
            if (PickledValue.Text(key) is not { Length: > 0 } name)
                throw new FormatException($"one of its keys is {PickledValue.Words(key)}, not a name");
            if (value is not Tensor tensor)
            {
                other.Add((name, value));
                continue;
            }

            if (!names.Add(name))
                throw new FormatException($"two of its tensors are called {name}");
            places.Add(new(name, tensor.Storage, tensor.Offset, tensor.Shape, tensor.Strides));
        }

        if (places.Count == 0 && other.Count > 0)
            throw new FormatException(
                $"it holds no tensors of a model: '{other[0].Name}' is {PickledValue.Words(other[0].Value)}, not a tensor"
            );
        leftOut.AddRange(other.Select(item => item.Name));
        return places;
    }

    protected override object Named(string name)
    {
        if (Dictionaries.Contains(name) || Makers.Contains(name) || Harmless.Contains(name))
            return new PickledName(name);
        if (ElementOf(name) is not null)
            return new PickledName(name);
        throw new FormatException(
            name.StartsWith("torch.", StringComparison.Ordinal)
            && name.EndsWith("Storage", StringComparison.Ordinal)
                ? $"it holds elements of type {name}; {string.Join(", ", StoredElement.OfStorage.Keys)} are understood"
                : $"it wants to use {name}: only tensors are read, and nothing that a file names is run"
        );
    }

    protected override object Call(PickledName what, object arguments) =>
        (what.Name, arguments) switch
        {
            (
                RebuildTensor
                    or RebuildOldTensor,
                object[]
                    and [TensorStorage storage, long offset, object[] shape, object[] strides, ..]
            ) => Rebuilt(storage, offset, Numbers(shape), Numbers(strides)),
            (RebuildParameter, object[] and [Tensor tensor, ..]) => tensor,
            (Size, object[] and [object[] sizes]) => sizes,
            (OrderedDictionary, object[] and [PickledList pairs]) => Filled(pairs), // as Python 2 writes it
            (var name, object[] given)
                when Dictionaries.Contains(name) && (given.Length == 0 || name != OrderedDictionary) =>
                new PickledItems(),
            (var name, object[]) when Harmless.Contains(name) => new PickledOpaque(name),
            _ => throw Odd(what),
        };

    private PickledItems Filled(PickledList pairs)
    {
        // One list in a thousand dictionaries would be copied for each.
        _copied += pairs.Count;
        if (_copied > At)
            throw new FormatException("its dictionaries have more items than the pickle has bytes");
        var items = new PickledItems();
        foreach (var pair in pairs)
            items.Add(
                pair switch
                {
                    PickledList and [var key, var value] => (key, value),
                    object[] and [var key, var value] => (key, value),
                    _ => throw new FormatException("it fills a dictionary with what is not a key and value"),
                }
            );
        return items;
    }

    private static FormatException Odd(PickledName what) =>
        new($"it calls {what.Name} with arguments of another kind");

    protected override object Persistent(object description)
    {
        if (
            description is not object[] parts
            || parts.Length is not (5 or 6)
            || PickledValue.Text(parts[0]) != "storage"
            || parts[1] is not PickledName named
            || ElementOf(named.Name) is not { } element
            || PickledValue.Text(parts[2]) is not { } key
            || PickledValue.Text(parts[3]) is null
            || parts[4] is not (long and >= 0 and var elements)
            || (parts.Length == 6 && parts[5] != PickledValue.None)
        )
            throw new FormatException("it describes a storage in a way that torch.save does not");
        var storage = new TensorStorage(key, element, elements);
        if (_storages.TryGetValue(key, out var known) && known != storage)
            throw new FormatException($"it describes storage {key} in two ways");
        return _storages[key] = storage;
    }

    private static StoredElement? ElementOf(string name) =>
        name.StartsWith("torch.", StringComparison.Ordinal)
            ? StoredElement.OfStorage.GetValueOrDefault(name["torch.".Length..])
            : null;

    private static Tensor Rebuilt(TensorStorage storage, long offset, long[] shape, long[] strides) =>
        offset >= 0 && shape.Length == strides.Length
            ? new(storage, offset, shape, strides)
            : throw new FormatException(
                $"a tensor begins at {offset} and has {shape.Length} sizes and {strides.Length} strides"
            );

    // Kept once and used by many tensors, a list of millions of sizes would be copied for each of them.
    private static long[] Numbers(object[] values) =>
        values.Length > NamedTensor.MostDimensions
            ? throw new FormatException(
                $"a tensor has {values.Length} dimensions, at most {NamedTensor.MostDimensions} are read"
            )
            :
            [
                .. values.Select(value =>
                    value is long and >= 0 and var number
                        ? number
                        : throw new FormatException(
                            $"a tensor has the size or stride {PickledValue.Words(value)}"
                        )
                ),
            ];
}
