using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MMOrleans.Learning.Formats;

/// <summary>Reads the pickle of a dictionary of tensors and of nothing else: no name is looked up and no code is run.</summary>
/// <remarks>
/// A pickle is a program for a stack machine that may call anything. This machine knows the instructions of
/// <see cref="PickleOpcode"/>, the names in <see cref="Known"/>, and values that are texts, whole numbers, truth values, tuples,
/// dictionaries, storages and tensors. Its memory is bounded by the pickle's length, since every value costs an instruction and what is
/// copied for a tensor is its few sizes.
/// </remarks>
internal sealed class TensorUnpickler
{
    private const string OrderedDictionary = "collections.OrderedDict";
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";

    // Values that a name's call or a storage's description may hold; each is a type of its own, so that a text cannot pass for a name.
    private sealed record Named(string Name);

    private sealed record Tensor(
        TensorStorage Storage,
        long Offset,
        IReadOnlyList<long> Shape,
        IReadOnlyList<long> Strides
    );

    private sealed class Items : List<(object Key, object Value)>;

    private static readonly object Mark = new();
    private static readonly object None = new();

    private static readonly Dictionary<string, TensorType> Storages = TensorPickle.StorageNames.ToDictionary(
        pair => $"torch.{pair.Value}",
        pair => pair.Key,
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        OrderedDictionary,
        RebuildTensor,
        RebuildParameter,
    };

    private readonly byte[] _pickle;
    private readonly List<object> _stack = [];
    private readonly Dictionary<int, object> _memory = [];
    private int _at;

    private TensorUnpickler(byte[] pickle) => _pickle = pickle;

    /// <summary>The tensors of the dictionary, in its order.</summary>
    /// <exception cref="FormatException">The pickle is anything else; the message says what.</exception>
    public static IReadOnlyList<TensorPlace> Read(byte[] pickle) => new TensorUnpickler(pickle).Run();

    private List<TensorPlace> Run()
    {
        while (true)
        {
            switch ((PickleOpcode)Byte())
            {
                case PickleOpcode.Stop:
                    return Result();
                case PickleOpcode.Protocol:
                    var protocol = Byte();
                    if (protocol != 2)
                        throw new FormatException(
                            $"its pickle is of protocol {protocol}; torch.save writes protocol 2"
                        );
                    break;
                case PickleOpcode.Mark:
                    Push(Mark);
                    break;
                case PickleOpcode.Tuple:
                    Push(AfterMark());
                    break;
                case PickleOpcode.EmptyTuple:
                    Push(Array.Empty<object>());
                    break;
                case PickleOpcode.Tuple1:
                    Push(Last(1));
                    break;
                case PickleOpcode.Tuple2:
                    Push(Last(2));
                    break;
                case PickleOpcode.Tuple3:
                    Push(Last(3));
                    break;
                case PickleOpcode.EmptyDictionary:
                    Push(new Items());
                    break;
                case PickleOpcode.SetItem:
                    Set(Last(2));
                    break;
                case PickleOpcode.SetItems:
                    Set(AfterMark());
                    break;
                case PickleOpcode.Text:
                    Push(Encoding.UTF8.GetString(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))));
                    break;
                case PickleOpcode.Int32:
                    Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                    break;
                case PickleOpcode.UInt8:
                    Push((long)Byte());
                    break;
                case PickleOpcode.UInt16:
                    Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                    break;
                case PickleOpcode.Long:
                    Push(Long());
                    break;
                case PickleOpcode.True:
                    Push(true);
                    break;
                case PickleOpcode.False:
                    Push(false);
                    break;
                case PickleOpcode.None:
                    Push(None);
                    break;
                case PickleOpcode.Global:
                    Push(Name());
                    break;
                case PickleOpcode.Reduce:
                    var call = Last(2);
                    Push(Call(call[0], call[1]));
                    break;
                case PickleOpcode.Build:
                    Pop(); // attributes of a dictionary, such as the versions of layers
                    if (Pop() is not Items items)
                        throw new FormatException("it sets attributes of what is no dictionary");
                    Push(items);
                    break;
                case PickleOpcode.PersistentId:
                    Push(Storage(Pop()));
                    break;
                case PickleOpcode.Put:
                    _memory[Byte()] = Top();
                    break;
                case PickleOpcode.LongPut:
                    _memory[BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))] = Top();
                    break;
                case PickleOpcode.Get:
                    Push(Recall(Byte()));
                    break;
                case PickleOpcode.LongGet:
                    Push(Recall(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))));
                    break;
                case var other:
                    throw new FormatException(
                        $"its pickle has the instruction 0x{(byte)other:x2} at byte {_at - 1}, which no dictionary of tensors needs"
                    );
            }
        }
    }

    private List<TensorPlace> Result()
    {
        if (Pop() is not Items items || _stack.Count > 0)
            throw new FormatException("it holds something else than a dictionary of tensors");
        var places = new List<TensorPlace>(items.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in items)
        {
            if (key is not string { Length: > 0 } name)
                throw new FormatException($"one of its keys is {Words(key)}, not a name");
            if (value is not Tensor tensor)
                throw new FormatException($"'{name}' is {Words(value)}, not a tensor");
            if (!names.Add(name))
                throw new FormatException($"two of its tensors are called {name}");
            places.Add(new(name, tensor.Storage, tensor.Offset, tensor.Shape, tensor.Strides));
        }

        return places;
    }

    private Named Name()
    {
        var name = $"{Line()}.{Line()}";
        if (Known.Contains(name) || Storages.ContainsKey(name))
            return new(name);
        throw new FormatException(
            name.StartsWith("torch.", StringComparison.Ordinal)
            && name.EndsWith("Storage", StringComparison.Ordinal)
                ? $"it holds elements of type {name}; {string.Join(", ", Storages.Keys)} are understood"
                : $"it wants to use {name}: only tensors are read, and nothing that a file names is run"
        );
    }

    private static object Call(object what, object arguments) =>
        (what, arguments) switch
        {
            (Named { Name: OrderedDictionary }, object[] and []) => new Items(),
            (
                Named { Name: RebuildTensor },
                object[]
                    and [TensorStorage storage, long offset, object[] shape, object[] strides, ..]
            ) => Rebuilt(storage, offset, Numbers(shape), Numbers(strides)),
            (Named { Name: RebuildParameter }, object[] and [Tensor tensor, ..]) => tensor,
            (Named named, _) => throw new FormatException(
                $"it calls {named.Name} with arguments of another kind"
            ),
            _ => throw new FormatException($"it calls {Words(what)}"),
        };

    private static Tensor Rebuilt(TensorStorage storage, long offset, long[] shape, long[] strides) =>
        offset >= 0 && shape.Length == strides.Length
            ? new(storage, offset, shape, strides)
            : throw new FormatException(
                $"a tensor begins at {offset} and has {shape.Length} sizes and {strides.Length} strides"
            );

    private static TensorStorage Storage(object description) =>
        description
            is object[]
                and ["storage", Named named, string key, string, long and >= 0 and var elements]
        && Storages.TryGetValue(named.Name, out var type)
            ? new(key, type, elements)
            : throw new FormatException("it describes a storage in a way that torch.save does not");

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
                        : throw new FormatException($"a tensor has the size or stride {Words(value)}")
                ),
            ];

    private void Set(object[] keysAndValues)
    {
        if (Top() is not Items items || keysAndValues.Length % 2 != 0)
            throw new FormatException("it fills something else than a dictionary");
        for (var i = 0; i < keysAndValues.Length; i += 2)
            items.Add((keysAndValues[i], keysAndValues[i + 1]));
    }

    private long Long()
    {
        var bytes = Bytes(Byte());
        if (bytes.Length > sizeof(long))
            throw new FormatException($"it has a whole number of {bytes.Length} bytes");
        var number = 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
            number = (number << 8) | (i == bytes.Length - 1 ? (sbyte)bytes[i] : bytes[i]);
        return number;
    }

    private object[] AfterMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
            throw new FormatException("its pickle closes what it did not open");
        object[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private object[] Last(int count)
    {
        var values = new object[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private void Push(object value) => _stack.Add(value);

    private object Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object Top() =>
        _stack.Count > 0 && _stack[^1] != Mark
            ? _stack[^1]
            : throw new FormatException("its pickle uses a value that is not there");

    private object Recall(int index) =>
        _memory.TryGetValue(index, out var value)
            ? value
            : throw new FormatException($"its pickle recalls value {index}, which it did not remember");

    private string Line()
    {
        var end = _pickle.AsSpan(_at).IndexOf((byte)'\n');
        if (end < 0)
            throw new FormatException("its pickle ends within a name");
        var line = Encoding.UTF8.GetString(Bytes(end));
        _at++;
        return line;
    }

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _pickle.Length - _at)
            throw new FormatException("its pickle ends within a value");
        _at += count;
        return _pickle.AsSpan(_at - count, count);
    }

    private static string Words(object value) =>
        value switch
        {
            string text => $"the text '{(text.Length > 40 ? text[..40] + "…" : text)}'",
            long number => $"the number {number.ToString(CultureInfo.InvariantCulture)}",
            bool truth => truth ? "True" : "False",
            Items => "a dictionary",
            object[] => "a tuple",
            Named named => $"the name {named.Name}",
            Tensor => "a tensor",
            TensorStorage => "a storage",
            _ => "None",
        };
}
