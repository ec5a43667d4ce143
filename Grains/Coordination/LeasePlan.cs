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
        var orphans = Enumerable.Range(0, slots).Except(held.Values.SelectMany(h => h));
        foreach (var (start, end) in Learning.Parameters.AveragingTree.Blocks(slots, orphans))
        {
            var heir = held.Where(h => heirs?.Contains(h.Key) != false)
                .OrderBy(h => h.Value.Count)
                .ThenBy(h => h.Key, StringComparer.Ordinal)
                .First();
            heir.Value.UnionWith(Enumerable.Range(start, end - start));
        }

        return held.ToDictionary(h => h.Key, h => Blocks(slots, h.Value));
    }

    private static ImmutableArray<SlotRange> Blocks(int slots, IEnumerable<int> held) =>
        [.. Learning.Parameters.AveragingTree.Blocks(slots, held).Select(b => new SlotRange(b.Start, b.End))];

    /// <summary>Every slot of a lease.</summary>
    public static IEnumerable<int> Slots(ImmutableArray<SlotRange> ranges) =>
        ranges.SelectMany(r => Enumerable.Range(r.Start, r.Length));
}
