using System.Buffers.Binary;
using System.Text;
using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>Reads the files by a decoder of its own: its CRC comes from the polynomial, its fields from the protocol's numbers.</summary>
public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal sealed record Event(
        double Time,
        long Step,
        string? Version,
        bool SessionStart,
        List<(string Tag, float Value)> Scalars
    );

    [Fact]
    public void AFileBeginsWithItsVersionAndTheStepItGoesOnFrom()
    {
        new TensorBoardWriter(_folder.Path, "host", 7, TimeProvider.System).Dispose();

        var events = Decode(Assert.Single(Directory.GetFiles(_folder.Path)));

        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.True(events[1].SessionStart);
        Assert.Equal(7, events[1].Step);
    }

    [Fact]
    public void ScalarsHaveTheKnownTagsAndWhatWasNotEvaluatedIsLeftOut()
    {
        using (var writer = new TensorBoardWriter(_folder.Path, "host", 1, TimeProvider.System))
        {
            writer.Write(SomeRun.Row(300));
        }

        var scalars = Decode(Assert.Single(Directory.GetFiles(_folder.Path)))[2];

        Assert.Equal(300, scalars.Step);
        Assert.Equal(
            [
                ("loss/train", (float)(1.0 / 3)),
                ("acc/train_top1", (float)(2.0 / 3)),
                ("acc/test_top1", 0.779f),
                ("acc/test_few", (float)(0.779 - 0.1)),
                ("lr", 0.1f),
                ("grad/norm", 1.8e-7f),
            ],
            scalars.Scalars
        );
    }

    [Fact]
    public void TheCheckSumIsThePublishedOne() =>
        // CRC-32C of 32 zero bytes is 8a9136aa (RFC 3720, B.4); the decoder below must know it before it judges the writer.
        Assert.Equal(0x8a9136aau, Crc32C(new byte[32]));

    [Fact]
    public void ASecondFileInTheSameSecondDoesNotReplaceTheFirst()
    {
        var clock = new FrozenClock();
        new TensorBoardWriter(_folder.Path, "host", 1, clock).Dispose();
        new TensorBoardWriter(_folder.Path, "host", 2, clock).Dispose();

        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void ACutKeepsWhatLiesBeforeItAndDropsATornEnd()
    {
        using (var writer = new TensorBoardWriter(_folder.Path, "host", 1, TimeProvider.System))
        {
            writer.Write(SomeRun.Row(1));
            writer.Write(SomeRun.Row(2));
            writer.Write(SomeRun.Row(3));
        }

        var path = Assert.Single(Directory.GetFiles(_folder.Path));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);

        TensorBoardWriter.CutAfter(_folder.Path, 1);

        Assert.Equal([0, 1, 1], Decode(path).Select(e => e.Step));
    }

    internal static List<Event> Decode(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var events = new List<Event>();
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(Masked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var record = bytes.Slice(12, length);
            Assert.Equal(Masked(record), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            events.Add(DecodeEvent(record));
            bytes = bytes[(16 + length)..];
        }

        return events;
    }

    private static Event DecodeEvent(ReadOnlySpan<byte> record)
    {
        var decoded = new Event(0, 0, null, false, []);
        while (record.Length > 0)
        {
            var key = Integer(ref record);
            switch ((key >> 3, key & 7))
            {
                case (1, 1):
                    decoded = decoded with { Time = BinaryPrimitives.ReadDoubleLittleEndian(record) };
                    record = record[8..];
                    break;
                case (2, 0):
                    decoded = decoded with { Step = (long)Integer(ref record) };
                    break;
                case (3, 2):
                    decoded = decoded with { Version = Encoding.UTF8.GetString(Bytes(ref record)) };
                    break;
                case (5, 2):
                    DecodeSummary(Bytes(ref record), decoded.Scalars);
                    break;
                case (7, 2):
                    Assert.True(Bytes(ref record).SequenceEqual((byte[])[8, 1])); // status = START
                    decoded = decoded with { SessionStart = true };
                    break;
                default:
                    Assert.Fail($"field {key >> 3} of wire type {key & 7}");
                    break;
            }
        }

        return decoded;
    }

    private static void DecodeSummary(ReadOnlySpan<byte> summary, List<(string Tag, float Value)> scalars)
    {
        while (summary.Length > 0)
        {
            Assert.Equal(10UL, Integer(ref summary)); // value, length-delimited
            var value = Bytes(ref summary);
            Assert.Equal(10UL, Integer(ref value)); // tag, length-delimited
            var tag = Encoding.UTF8.GetString(Bytes(ref value));
            Assert.Equal(21UL, Integer(ref value)); // simple_value, four bytes
            scalars.Add((tag, BinaryPrimitives.ReadSingleLittleEndian(value)));
        }
    }

    private static ReadOnlySpan<byte> Bytes(scoped ref ReadOnlySpan<byte> from)
    {
        var length = (int)Integer(ref from);
        var bytes = from[..length];
        from = from[length..];
        return bytes;
    }

    private static ulong Integer(scoped ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = from[0];
            from = from[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    }

    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = 0xffffffffu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1; // the reflected Castagnoli polynomial
            }
        }

        return ~crc;
    }

    private sealed class FrozenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => SomeRun.Time;
    }
}
