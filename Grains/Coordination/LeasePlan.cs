using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Coordination;

/// <summary>Hands slots to trainers as few aligned blocks: usually one, so that a trainer sends one vector a round.</summary>
internal static class LeasePlan
{
    /// <summary>Shares all slots among trainers, along the averaging tree; trainers beyond the slots get none.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<SlotRange>> Share(
        int slots,
        IReadOnlyList<string> trainers
    )
    {
        var plan = trainers.ToDictionary(t => t, _ => ImmutableArray<SlotRange>.Empty);
        if (trainers.Count > 0)
            Give(0, slots, 0, Math.Min(trainers.Count, slots));
        return plan;

        void Give(int start, int end, int first, int count)
        {
            if (count == 1)
            {
                plan[trainers[first]] = [new(start, end)];
                return;
            }

            var middle = Learning.Parameters.AveragingTree.Split(start, end);
            var (left, right) = (middle - start, end - middle);
            var share = (int)Math.Round((double)count * left / (end - start), MidpointRounding.AwayFromZero);
            share = Math.Clamp(share, Math.Max(1, count - right), Math.Min(left, count - 1));
            Give(start, middle, first, share);
            Give(middle, end, first + share, count - share);
        }
    }

    /// <summary>Shares all slots by numbers, each trainer's side by side, as few aligned blocks.</summary>
    /// <param name="slots">V.</param>
    /// <param name="trainers">In the order of their slots.</param>
    /// <param name="numbers">How many each is to have; V in all.</param>
    public static IReadOnlyDictionary<string, ImmutableArray<SlotRange>> Share(
        int slots,
        IReadOnlyList<string> trainers,
        IReadOnlyDictionary<string, int> numbers
    )
    {
        var plan = new Dictionary<string, ImmutableArray<SlotRange>>();
        var next = 0;
        foreach (var trainer in trainers)
        {
            plan[trainer] = Blocks(slots, Enumerable.Range(next, numbers[trainer]));
            next += numbers[trainer];
        }

        return plan;
    }

    /// <summary>
    /// Gives the slots that nobody holds to those who hold the fewest, and leaves everybody's own where they are: what survivors
    /// have already computed in the open round stays of use.
    /// </summary>
    /// <remarks>A block travels as one vector, so it stays whole unless sharing it out saves a quarter of the round's computing time.</remarks>
    /// <param name="slots">V.</param>
    /// <param name="survivors">What each holds; empty for a spare.</param>
    /// <param name="heirs">Who may be given more; null for all.</param>
    public static IReadOnlyDictionary<string, ImmutableArray<SlotRange>> Mend(
        int slots,
        IReadOnlyDictionary<string, ImmutableArray<SlotRange>> survivors,
        IReadOnlySet<string>? heirs = null
    )
    {
        var held = survivors.ToDictionary(s => s.Key, s => Slots(s.Value).ToHashSet());
        if (held.Count == 0)
            return survivors;
        var mayInherit = held.Where(h => heirs?.Contains(h.Key) != false).ToList();
        var orphans = Enumerable.Range(0, slots).Except(held.Values.SelectMany(h => h)).ToList();
        var fair = Math.Ceiling(
            (double)(orphans.Count + mayInherit.Sum(h => h.Value.Count)) / mayInherit.Count
        );
        var toGive = new PriorityQueue<(int Start, int End), (int, int)>();
        foreach (var block in Learning.Parameters.AveragingTree.Blocks(slots, orphans))
            Add(block);
        while (toGive.TryDequeue(out var block, out _))
        {
            var (_, heir) = mayInherit
                .OrderBy(h => h.Value.Count)
                .ThenBy(h => h.Key, StringComparer.Ordinal)
                .First();
            var length = block.End - block.Start;
            if (length > 1 && fair <= (1 - SlotBalance.LeastGain) * (heir.Count + length))
            {
                var middle = Learning.Parameters.AveragingTree.Split(block.Start, block.End);
                Add((block.Start, middle));
                Add((middle, block.End));
            }
            else
                heir.UnionWith(Enumerable.Range(block.Start, length));
        }

        return held.ToDictionary(h => h.Key, h => Blocks(slots, h.Value));

        // The largest first: the small ones even out what is left.
        void Add((int Start, int End) block) => toGive.Enqueue(block, (block.Start - block.End, block.Start));
    }

    private static ImmutableArray<SlotRange> Blocks(int slots, IEnumerable<int> held) =>
        [.. Learning.Parameters.AveragingTree.Blocks(slots, held).Select(b => new SlotRange(b.Start, b.End))];

    /// <summary>The trainer that writes the checkpoints and reports the epochs; null without any.</summary>
    public static string? Writer(IReadOnlyDictionary<string, ImmutableArray<SlotRange>> shares) =>
        shares.Where(s => s.Value.Any(r => r.Start == 0)).Select(s => s.Key).FirstOrDefault();

    /// <summary>Every slot of a lease.</summary>
    public static IEnumerable<int> Slots(ImmutableArray<SlotRange> ranges) =>
        ranges.SelectMany(r => Enumerable.Range(r.Start, r.Length));
}
