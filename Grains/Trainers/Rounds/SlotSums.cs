using System.Numerics;
using System.Runtime.InteropServices;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>Sums slots just computed into the fewest aligned blocks.</summary>
internal static class SlotSums
{
    /// <summary>Along the averaging tree; the first vector of a block becomes its sum.</summary>
    /// <typeparam name="T">What the vectors hold.</typeparam>
    /// <param name="slots">V.</param>
    /// <param name="values">One vector a slot.</param>
    public static IReadOnlyList<OwnBlock> Fold<T>(
        int slots,
        IReadOnlyDictionary<int, (LentArray Values, EpochSums Tally)> values
    )
        where T : unmanaged, INumberBase<T>
    {
        return
        [
            .. AveragingTree
                .Blocks(slots, values.Keys)
                .Select(block =>
                {
                    var (sum, tally) = Node(block.Start, block.End);
                    return new OwnBlock(new(block.Start, block.End), sum, tally);
                }),
        ];

        (LentArray Values, EpochSums Tally) Node(int start, int end)
        {
            if (end - start == 1)
                return values[start];
            var middle = AveragingTree.Split(start, end);
            var (left, leftTally) = Node(start, middle);
            var (right, rightTally) = Node(middle, end);
            AveragingTree.Add<T>(
                MemoryMarshal.Cast<byte, T>(left.Bytes),
                MemoryMarshal.Cast<byte, T>(right.Bytes)
            );
            return (left, leftTally + rightTally);
        }
    }
}
