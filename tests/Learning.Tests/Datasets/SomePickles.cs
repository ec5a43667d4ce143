using System.Text;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>Pickles of data sets with the instructions that their writers use.</summary>
public static class SomePickles
{
    /// <summary>Who wrote a pickle, and in which protocol.</summary>
    public static IReadOnlyList<string> Writers { get; } =
    ["cPickle of Python 2", "numpy 2", "Python 3, protocol 2", "protocol 3", "protocol 4", "protocol 5"];

    /// <summary>A batch of a CIFAR set.</summary>
    /// <param name="writer">One of <see cref="Writers"/>.</param>
    /// <param name="records">The binary version's.</param>
    /// <param name="keys">Of the labels, as many as a record has label bytes.</param>
    public static byte[] Batch(string writer, byte[] records, params string[] keys)
    {
        var record = keys.Length + 3072;
        var count = records.Length / record;
        var pixels = Enumerable
            .Range(0, count)
            .SelectMany(r => records[((r * record) + keys.Length)..((r + 1) * record)]);
        var pickle = new Pickle(writer);
        pickle.Begin();
        pickle.Text("batch_label");
        pickle.Text("training batch 1 of 5");
        foreach (var (key, label) in keys.Select((key, i) => (key, i)))
        {
            pickle.Text(key);
            pickle.List([.. Enumerable.Range(0, count).Select(r => (int)records[(r * record) + label])]);
        }

        pickle.Text("data");
        pickle.Array(count, [.. pixels]);
        pickle.Text("filenames");
        pickle.Names(count);
        return pickle.End();
    }

    /// <summary>The class names of a set.</summary>
    public static byte[] Names(string writer, string key, IReadOnlyList<string> names)
    {
        var pickle = new Pickle(writer);
        pickle.Begin();
        pickle.Text("num_vis");
        pickle.Number(3072);
        pickle.Text(key);
        pickle.Texts(names);
        return pickle.End();
    }

    private sealed class Pickle(string writer)
    {
        private readonly List<byte> _bytes = [];

        private int Protocol =>
            writer switch
            {
                "protocol 3" => 3,
                "protocol 4" => 4,
                "protocol 5" => 5,
                _ => 2,
            };

        private bool IsOfPython2 => writer is "cPickle of Python 2" or "numpy 2";

        private string Numpy => writer is "numpy 2" or "protocol 5" ? "numpy._core" : "numpy.core";

        public void Begin() => Put([0x80, (byte)Protocol, .. "}q\0("u8]);

        public byte[] End()
        {
            Put("u."u8);
            return [.. _bytes];
        }

        public void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (IsOfPython2)
                Put([(byte)'U', (byte)bytes.Length, .. bytes]);
            else if (Protocol >= 4)
                Put([0x8c, (byte)bytes.Length, .. bytes, 0x94]);
            else
                Put([(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes]);
        }

        public void Number(int number) =>
            Put(
                number < 256 ? [(byte)'K', (byte)number]
                : number < 65536 ? [(byte)'M', (byte)number, (byte)(number >> 8)]
                : [(byte)'J', .. BitConverter.GetBytes(number)]
            );

        public void List(IReadOnlyList<int> numbers)
        {
            if (numbers.Count == 1)
            {
                Put("]"u8);
                Number(numbers[0]);
                Put("a"u8);
                return;
            }

            Put("]("u8);
            foreach (var number in numbers)
                Number(number);
            Put("e"u8);
        }

        public void Names(int count) => Texts([.. Enumerable.Range(0, count).Select(i => $"plane_{i}.png")]);

        public void Texts(IReadOnlyList<string> texts)
        {
            Put("]("u8);
            foreach (var text in texts)
                Text(text);
            Put("e"u8);
        }

        public void Array(int count, byte[] pixels)
        {
            if (Protocol == 5)
            {
                Global($"{Numpy}.numeric", "_frombuffer");
                Put([(byte)'(', 0x96, .. BitConverter.GetBytes((long)pixels.Length), .. pixels]);
                ElementType();
                Put("("u8);
                Number(count);
                Number(3072);
                Put("t"u8);
                Text("C");
                Put("tR"u8);
                return;
            }

            Global($"{Numpy}.multiarray", "_reconstruct");
            Global("numpy", "ndarray");
            Put([.. "K\0"u8, 0x85]);
            Bytes("b"u8);
            Put([0x87, .. "R(K\u0001"u8]);
            Number(count);
            Number(3072);
            Put([0x86]);
            ElementType();
            Put([0x89]);
            Bytes(pixels);
            Put("tb"u8);
        }

        private void ElementType()
        {
            Global("numpy", "dtype");
            Text("u1");
            Put([.. "K\0K\u0001"u8, 0x87, .. "Rr"u8, 0, 2, 0, 0, .. "(K\u0003"u8]);
            Text("|");
            Put([.. "NNNJ"u8, 255, 255, 255, 255, (byte)'J', 255, 255, 255, 255, .. "K\0tb"u8]);
        }

        private void Bytes(ReadOnlySpan<byte> bytes)
        {
            var length = BitConverter.GetBytes(bytes.Length);
            if (IsOfPython2 && bytes.Length < 256)
                Put([(byte)'U', (byte)bytes.Length, .. bytes]);
            else if (IsOfPython2)
                Put([(byte)'T', .. length, .. bytes]);
            else if (Protocol >= 3)
                Put([(byte)'B', .. length, .. bytes]);
            else
            {
                Global("_codecs", "encode");
                var text = Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes));
                Put([(byte)'X', .. BitConverter.GetBytes(text.Length), .. text]);
                Text("latin1");
                Put([0x86, (byte)'R']);
            }
        }

        private void Global(string module, string name)
        {
            if (Protocol < 4)
            {
                Put(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
                return;
            }

            Text(module);
            Text(name);
            Put([0x93]);
        }

        private void Put(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);
    }
}
