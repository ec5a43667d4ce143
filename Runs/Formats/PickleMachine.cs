using System.Buffers.Binary;
using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>Carries out a pickle's instructions as far as they make data: no name is looked up and no code is run.</summary>
/// <remarks>
/// A pickle is a program for a stack machine that may call anything. This machine knows the instructions of <see cref="PickleOpcode"/>
/// and no other; which names a pickle may use, and what a call of one makes, a derived class says from a closed list. Memory is bounded
/// by the pickle's length, since every value costs an instruction.
/// </remarks>
internal abstract class PickleMachine
{
    private static readonly object Mark = new();

    private readonly byte[] _pickle;
    private readonly List<object> _stack = [];
    private readonly Dictionary<int, object> _memory = [];
    private int _protocol = 2;

    /// <param name="pickle">Holds the pickle; bytes may follow it.</param>
    /// <param name="at">Where it begins.</param>
    protected PickleMachine(byte[] pickle, int at = 0) => (_pickle, At) = (pickle, at);

    /// <summary>The next byte: after <see cref="Run"/> the first behind the pickle.</summary>
    public int At { get; private set; }

    /// <summary>What the pickle should hold, for refusals, such as <c>dictionary of tensors</c>.</summary>
    protected abstract string Wanted { get; }

    /// <summary>Protocols that are read, from 2.</summary>
    protected abstract int HighestProtocol { get; }

    /// <summary>Who writes such pickles, and how, for a refusal of another protocol.</summary>
    protected abstract string Writer { get; }

    /// <summary>The value of a name.</summary>
    /// <exception cref="FormatException">It is not of the closed list.</exception>
    protected abstract object Named(string name);

    /// <summary>What a call makes.</summary>
    /// <exception cref="FormatException">The arguments are of another kind.</exception>
    protected abstract object Call(PickledName what, object arguments);

    /// <summary>Sets the state of a value, and gives what stands for it from then on.</summary>
    protected virtual object Built(object value, object state) =>
        value is PickledItems or PickledOpaque
            ? value // attributes, such as the versions of layers
            : throw new FormatException("it sets attributes of what is not a dictionary");

    /// <summary>A value that lies outside of the pickle.</summary>
    protected virtual object Persistent(object description) =>
        throw new FormatException("it describes a storage, which only torch.save does");

    /// <summary>Carries the pickle out.</summary>
    /// <returns>Its one value.</returns>
    /// <exception cref="FormatException">It does anything else than make data; the message says what.</exception>
    public object Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)Byte();
            if (opcode == PickleOpcode.Stop)
            {
                var result = Pop();
                return _stack.Count == 0
                    ? result
                    : throw new FormatException($"it holds something else than a {Wanted}");
            }

            if (!Collection(opcode) && !Scalar(opcode) && !Memory(opcode) && !Action(opcode))
                throw new FormatException(
                    $"its pickle has the instruction 0x{(byte)opcode:x2} at byte {At - 1}, which no {Wanted} needs"
                );
        }
    }

    private bool Collection(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                Push(Mark);
                return true;
            case PickleOpcode.Tuple:
                Push(AfterMark());
                return true;
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object>());
                return true;
            case PickleOpcode.Tuple1:
                Push(Last(1));
                return true;
            case PickleOpcode.Tuple2:
                Push(Last(2));
                return true;
            case PickleOpcode.Tuple3:
                Push(Last(3));
                return true;
            case PickleOpcode.EmptyDictionary:
                Push(new PickledItems());
                return true;
            case PickleOpcode.SetItem:
                Set(Last(2));
                return true;
            case PickleOpcode.SetItems:
                Set(AfterMark());
                return true;
            case PickleOpcode.EmptyList:
                Push(new PickledList());
                return true;
            case PickleOpcode.Append:
                Add(Last(1));
                return true;
            case PickleOpcode.Appends:
                Add(AfterMark());
                return true;
            default:
                return false;
        }
    }

    private bool Scalar(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Text:
                Push(Text(Length32()));
                return true;
            case PickleOpcode.ShortText when _protocol >= 4:
                Push(Text(Byte()));
                return true;
            case PickleOpcode.LongText when _protocol >= 4:
                Push(Text(Length64()));
                return true;
            case PickleOpcode.String
            or PickleOpcode.Bytes when opcode == PickleOpcode.String || _protocol >= 3:
                Push(new PickledBytes(Slice(Length32())));
                return true;
            case PickleOpcode.ShortString
            or PickleOpcode.ShortBytes when opcode == PickleOpcode.ShortString || _protocol >= 3:
                Push(new PickledBytes(Slice(Byte())));
                return true;
            case PickleOpcode.LongBytes when _protocol >= 4:
            case PickleOpcode.ByteArray when _protocol >= 5:
                Push(new PickledBytes(Slice(Length64())));
                return true;
            case PickleOpcode.Int32:
                Push((long)Length32());
                return true;
            case PickleOpcode.UInt8:
                Push((long)Byte());
                return true;
            case PickleOpcode.UInt16:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                return true;
            case PickleOpcode.Long:
                Push(Long());
                return true;
            case PickleOpcode.Float:
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                return true;
            case PickleOpcode.True:
                Push(true);
                return true;
            case PickleOpcode.False:
                Push(false);
                return true;
            case PickleOpcode.None:
                Push(PickledValue.None);
                return true;
            default:
                return false;
        }
    }

    private bool Memory(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Put:
                _memory[Byte()] = Top();
                return true;
            case PickleOpcode.LongPut:
                _memory[Length32()] = Top();
                return true;
            case PickleOpcode.Memoize when _protocol >= 4:
                _memory[_memory.Count] = Top();
                return true;
            case PickleOpcode.Get:
                Push(Recall(Byte()));
                return true;
            case PickleOpcode.LongGet:
                Push(Recall(Length32()));
                return true;
            default:
                return false;
        }
    }

    private bool Action(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                _protocol = Byte();
                if (_protocol < 2 || _protocol > HighestProtocol)
                    throw new FormatException($"its pickle is of protocol {_protocol}; {Writer}");
                return true;
            case PickleOpcode.Frame when _protocol >= 4:
                Length64(); // how the bytes are cut for reading; they are all here
                return true;
            case PickleOpcode.Global:
                Push(Named($"{Line()}.{Line()}"));
                return true;
            case PickleOpcode.StackGlobal when _protocol >= 4:
                Push(
                    Last(2) is [string module, string name]
                        ? Named($"{module}.{name}")
                        : throw new FormatException("it looks up what is not a name")
                );
                return true;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var call = Last(2);
                Push(
                    call[0] is PickledName named
                        ? Call(named, call[1])
                        : throw new FormatException($"it calls {PickledValue.Words(call[0])}")
                );
                return true;
            case PickleOpcode.Build:
                var state = Pop();
                Push(Built(Pop(), state));
                return true;
            case PickleOpcode.PersistentId:
                Push(Persistent(Pop()));
                return true;
            default:
                return false;
        }
    }

    private void Set(object[] keysAndValues)
    {
        if (keysAndValues.Length % 2 != 0 || Top() is not (PickledItems or PickledOpaque))
            throw new FormatException("it fills something else than a dictionary");
        if (Top() is not PickledItems items)
            return;
        for (var i = 0; i < keysAndValues.Length; i += 2)
            items.Add((keysAndValues[i], keysAndValues[i + 1]));
    }

    private void Add(object[] values)
    {
        if (Top() is not (PickledList or PickledOpaque))
            throw new FormatException("it appends to something else than a list");
        if (Top() is PickledList list)
            list.AddRange(values);
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
        var end = _pickle.AsSpan(At).IndexOf((byte)'\n');
        if (end < 0)
            throw new FormatException("its pickle ends within a name");
        var line = Text(end);
        At++;
        return line;
    }

    private string Text(int length) => Encoding.UTF8.GetString(Bytes(length));

    private int Length32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    private int Length64() =>
        BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long))) is >= 0 and <= int.MaxValue and var length
            ? (int)length
            : throw new FormatException("its pickle ends within a value");

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(int count) => Slice(count).Span;

    private ReadOnlyMemory<byte> Slice(int count)
    {
        if (count < 0 || count > _pickle.Length - At)
            throw new FormatException("its pickle ends within a value");
        At += count;
        return _pickle.AsMemory(At - count, count);
    }
}
