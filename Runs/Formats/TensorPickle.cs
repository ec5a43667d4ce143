using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>Writes the pickle of a dictionary of tensors as <c>torch.save</c> does: protocol 2, every tensor in a storage of its own.</summary>
internal sealed class TensorPickle
{
    /// <summary>Python's name of the storage of an element type, in the module <c>torch</c>.</summary>
    public static readonly IReadOnlyDictionary<TensorType, string> StorageNames = new Dictionary<
        TensorType,
        string
    >
    {
        [TensorType.F32] = "FloatStorage",
        [TensorType.F64] = "DoubleStorage",
        [TensorType.I64] = "LongStorage",
    };

    private readonly ArrayBufferWriter<byte> _pickle = new();

    private TensorPickle() { }

    /// <summary>The pickle; the storage of the tensor at index i is called i.</summary>
    public static byte[] Of(IReadOnlyList<NamedTensor> tensors)
    {
        var pickle = new TensorPickle();
        pickle.Put(PickleOpcode.Protocol, 2);
        pickle.OrderedDictionary();
        pickle.Put(PickleOpcode.Mark);
        for (var i = 0; i < tensors.Count; i++)
        {
            pickle.Text(tensors[i].Name);
            pickle.Tensor(tensors[i], i);
        }

        pickle.Put(PickleOpcode.SetItems);
        pickle.Put(PickleOpcode.Stop);
        return pickle._pickle.WrittenSpan.ToArray();
    }

    private void Tensor(NamedTensor tensor, int storage)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Put(PickleOpcode.Mark);

        Put(PickleOpcode.Mark);
        Text("storage");
        Global("torch", StorageNames[tensor.Type]);
        Text($"{storage}");
        Text("cpu");
        Number(NamedTensor.Elements(tensor.Shape));
        Put(PickleOpcode.Tuple);
        Put(PickleOpcode.PersistentId);

        Number(0);
        Numbers(tensor.Shape);
        Numbers(RowMajor(tensor.Shape));
        Put(PickleOpcode.False); // requires no gradient
        OrderedDictionary(); // has no hooks
        Put(PickleOpcode.Tuple);
        Put(PickleOpcode.Reduce);
    }

    /// <summary>Elements from one index to the next, the last dimension's being neighbours.</summary>
    public static long[] RowMajor(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var stride = 1L;
        for (var i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = checked(stride * Math.Max(1, shape[i]));
        }

        return strides;
    }

    private void OrderedDictionary()
    {
        Global("collections", "OrderedDict");
        Put(PickleOpcode.EmptyTuple);
        Put(PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        Put(PickleOpcode.Global);
        _pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Put(PickleOpcode.Text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _pickle.Write(length);
        _pickle.Write(bytes);
    }

    // An array's length fits, and with it every size and stride of a tensor in memory.
    private void Number(long number)
    {
        Put(PickleOpcode.Int32);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, checked((int)number));
        _pickle.Write(bytes);
    }

    private void Numbers(IReadOnlyList<long> numbers)
    {
        Put(PickleOpcode.Mark);
        foreach (var number in numbers)
        {
            Number(number);
        }

        Put(PickleOpcode.Tuple);
    }

    private void Put(PickleOpcode opcode) => _pickle.Write([(byte)opcode]);

    private void Put(PickleOpcode opcode, byte operand)
    {
        Put(opcode);
        _pickle.Write([operand]);
    }
}
