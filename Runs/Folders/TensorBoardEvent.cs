using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace MMOrleans.Runs.Folders;

/// <summary>The bytes of TensorBoard's events: message <c>Event</c> of its protocol, and the record frame around it.</summary>
internal static class TensorBoardEvent
{
    private const int LengthBytes = sizeof(ulong);
    private const int CheckBytes = sizeof(uint);

    // Field numbers and wire types as (number << 3 | type): 0 variable-length integer, 1 eight bytes, 2 length-delimited, 5 four bytes.
    private const byte WallTime = (1 << 3) | 1;
    private const byte Step = (2 << 3) | 0;
    private const byte FileVersion = (3 << 3) | 2;
    private const byte Summary = (5 << 3) | 2;
    private const byte SessionLog = (7 << 3) | 2;
    private const byte SummaryValue = (1 << 3) | 2;
    private const byte Tag = (1 << 3) | 2;
    private const byte SimpleValue = (2 << 3) | 5;
    private const byte SessionStatus = (1 << 3) | 0;
    private const byte Start = 1;

    public static byte[] Version(double time) =>
        [.. Head(time, 0), FileVersion, .. Delimited(Encoding.UTF8.GetBytes("brain.Event:2"))];

    public static byte[] SessionStart(double time, long step) =>
        [.. Head(time, step), SessionLog, .. Delimited([SessionStatus, Start])];

    public static byte[] Scalars(double time, long step, IEnumerable<(string Tag, double? Value)> scalars)
    {
        List<byte> summary = [];
        foreach (var (tag, value) in scalars)
        {
            if (value is { } number)
            {
                var single = new byte[sizeof(float)];
                BinaryPrimitives.WriteSingleLittleEndian(single, (float)number);
                byte[] entry = [Tag, .. Delimited(Encoding.UTF8.GetBytes(tag)), SimpleValue, .. single];
                summary.Add(SummaryValue);
                summary.AddRange(Delimited(entry));
            }
        }

        return [.. Head(time, step), Summary, .. Delimited([.. summary])];
    }

    /// <summary>Length, its check sum, the record, its check sum.</summary>
    public static byte[] Frame(byte[] record)
    {
        var frame = new byte[LengthBytes + CheckBytes + record.Length + CheckBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            frame.AsSpan(LengthBytes),
            MaskedCrc(frame.AsSpan(0, LengthBytes))
        );
        record.CopyTo(frame.AsSpan(LengthBytes + CheckBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - CheckBytes), MaskedCrc(record));
        return frame;
    }

    /// <summary>The sound records of a file and their frames; ends at the first that is torn or damaged.</summary>
    public static IEnumerable<(Range Record, Range Frame)> Records(byte[] file)
    {
        var place = 0;
        while (file.Length - place >= LengthBytes + (2 * CheckBytes))
        {
            var claimed = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(place));
            if (claimed > (ulong)(file.Length - place - LengthBytes - (2 * CheckBytes)))
            {
                yield break;
            }

            var start = place + LengthBytes + CheckBytes;
            var end = start + (int)claimed;
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(place + LengthBytes))
                    != MaskedCrc(file.AsSpan(place, LengthBytes))
                || BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(end))
                    != MaskedCrc(file.AsSpan(start, end - start))
            )
            {
                yield break;
            }

            yield return (start..end, place..(end + CheckBytes));
            place = end + CheckBytes;
        }
    }

    /// <summary>The step of a record that <see cref="Head"/> began.</summary>
    public static long StepOf(byte[] record)
    {
        var value = 0UL;
        for (int i = 2 + sizeof(double), shift = 0; ; i++, shift += 7)
        {
            value |= (ulong)(record[i] & 0x7f) << shift;
            if (record[i] < 0x80)
            {
                return (long)value;
            }
        }
    }

    private static byte[] Head(double time, long step)
    {
        var eight = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(eight, time);
        return [WallTime, .. eight, Step, .. Integer((ulong)step)];
    }

    private static byte[] Delimited(byte[] content) => [.. Integer((ulong)content.Length), .. content];

    private static List<byte> Integer(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }

    /// <summary>CRC-32C, turned and shifted so that the check sum of data that holds check sums stays meaningful.</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
