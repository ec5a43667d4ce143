using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>Reads pickles of dictionaries, lists, texts, numbers and NumPy's arrays, as data sets are published in; nothing in them is run.</summary>
/// <remarks>
/// Protocols 2 to 5, written by either Python and by NumPy 1 or 2. An array is what its bytes and its shape say: element types are unsigned
/// bytes and whole numbers.
/// </remarks>
internal sealed class ArrayUnpickler : PickleMachine
{
    private const string Array = "numpy.ndarray";
    private const string ElementType = "numpy.dtype";
    private const string Encoded = "_codecs.encode";

    private static readonly string[] Reconstruct =
    [
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
    ];

    private static readonly string[] Scalar =
    [
        "numpy.core.multiarray.scalar",
        "numpy._core.multiarray.scalar",
    ];

    private static readonly string[] FromBuffer =
    [
        "numpy.core.numeric._frombuffer",
        "numpy._core.numeric._frombuffer",
    ];

    private static readonly string[] NoBytes = ["__builtin__.bytes", "builtins.bytes"];

    private static readonly HashSet<string> Known =
    [
        Array,
        ElementType,
        Encoded,
        .. Reconstruct,
        .. Scalar,
        .. FromBuffer,
        .. NoBytes,
    ];

    // Filled by a later instruction, and remembered before: so it is one object throughout.
    private sealed class Kind(string code)
    {
        public string Code { get; } = code;

        public bool IsBigEndian { get; set; }

        public override string ToString() => $"the element type {Code}";
    }

    private readonly string _wanted;

    private ArrayUnpickler(byte[] pickle, string wanted)
        : base(pickle) => _wanted = wanted;

    protected override string Wanted => _wanted;

    protected override int HighestProtocol => 5;

    protected override string Writer => "protocols 2 to 5 are read";

    /// <summary>The dictionary that a pickle is.</summary>
    /// <param name="pickle">Nothing follows it that is looked at.</param>
    /// <param name="wanted">What it should be, for refusals, such as <c>batch of images</c>.</param>
    /// <returns>Its values by their keys, of which the last of equal ones counts.</returns>
    /// <exception cref="FormatException">It is anything else; the message says what.</exception>
    public static IReadOnlyDictionary<string, object> Read(byte[] pickle, string wanted)
    {
        if (new ArrayUnpickler(pickle, wanted).Run() is not PickledItems items)
            throw new FormatException($"it holds something else than a {wanted}");
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (key, value) in items)
            if (PickledValue.Text(key) is { } name)
                values[name] = value;
        return values;
    }

    protected override object Named(string name) =>
        Known.Contains(name)
            ? new PickledName(name)
            : throw new FormatException(
                $"it wants to use {name}: only arrays, lists and texts are read, and nothing that a file names is run"
            );

    protected override object Call(PickledName what, object arguments) =>
        (what.Name, arguments) switch
        {
            (Encoded, object[] and [string text, string and ("latin1" or "latin-1")]) => new PickledBytes(
                Encoding.Latin1.GetBytes(text)
            ),
            (ElementType, object[] and [var code, ..]) when PickledValue.Text(code) is { } kind => new Kind(
                kind
            ),
            (var name, object[] and []) when NoBytes.Contains(name) => new PickledBytes(default),
            (var name, object[] and [PickledName { Name: Array }, object[], _])
                when Reconstruct.Contains(name) => new PickledArray(),
            (var name, object[] and [Kind kind, PickledBytes bytes]) when Scalar.Contains(name) => Filled(
                    new(),
                    [],
                    kind,
                    bytes.Bytes,
                    isByColumn: false
                )
                .Whole(0),
            (var name, object[] and [PickledBytes bytes, Kind kind, object[] shape, var order])
                when FromBuffer.Contains(name) => Filled(
                new(),
                shape,
                kind,
                bytes.Bytes,
                PickledValue.Text(order) == "F"
            ),
            _ => throw new FormatException($"it calls {what.Name} with arguments of another kind"),
        };

    protected override object Built(object value, object state) =>
        (value, state) switch
        {
            (Kind kind, object[] and [_, var order, ..]) => Ordered(kind, PickledValue.Text(order)),
            (
                PickledArray array,
                object[]
                    and [_, object[] shape, Kind kind, bool isByColumn, PickledBytes bytes]
            ) => Filled(array, shape, kind, bytes.Bytes, isByColumn),
            _ => throw new FormatException("it sets attributes of what is not an array"),
        };

    private static Kind Ordered(Kind kind, string? order)
    {
        kind.IsBigEndian = order == ">";
        return kind;
    }

    private static PickledArray Filled(
        PickledArray array,
        object[] shape,
        Kind kind,
        ReadOnlyMemory<byte> bytes,
        bool isByColumn
    )
    {
        var size = kind.Code.TrimStart('<', '>', '=', '|') switch
        {
            "u1" or "i1" or "uint8" or "int8" => 1,
            "u2" or "i2" => 2,
            "u4" or "i4" => 4,
            "u8" or "i8" => 8,
            _ => throw new FormatException($"it has an array of {kind.Code}; whole numbers are read"),
        };
        if (kind.IsBigEndian || kind.Code.StartsWith('>'))
            throw new FormatException("it has an array in big-endian order; little is understood");
        if (shape.Length > NamedTensor.MostDimensions)
            throw new FormatException($"it has an array of {shape.Length} dimensions");
        var sizes = new long[shape.Length];
        var elements = 1L;
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = shape[i] is long and >= 0 and <= int.MaxValue and var length
                ? length
                : throw new FormatException($"an array has the size {PickledValue.Words(shape[i])}");
            elements = checked(elements * sizes[i]);
        }

        if (bytes.Length != checked(elements * size))
            throw new FormatException(
                $"an array of shape [{string.Join(", ", sizes)}] has {bytes.Length} bytes, wanted {elements * size}"
            );
        (array.Shape, array.Size, array.Data, array.IsByColumn) = (sizes, size, bytes, isByColumn);
        array.IsSigned = kind.Code.Contains('i') && !kind.Code.Contains('u');
        return array;
    }
}
