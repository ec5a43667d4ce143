using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Trainers;

/// <summary>One trainer's side of one round: what it has computed, what each segment has answered.</summary>
/// <remarks>
/// Carries no decision about membership: the lease says which slots are wanted, and may change while the round is open. A slot
/// computed for a lease that has moved on is not lost; it is a block that somebody need not send.
/// </remarks>
internal sealed class SegmentExchange(
    IGrainFactory grains,
    string trainer,
    ImmutableArray<(SegmentShape Shape, int OffsetBytes)> segments,
    long round,
    bool deferred,
    UInt128 stateHash,
    Memory<byte> result
)
{
    private readonly HashSet<int> _computed = [];
    private readonly List<(SlotRange Slots, byte[] Values, RoundTally Tally)> _blocks = [];
    private readonly Dictionary<Task<SegmentAnswer>, int> _calls = [];
    private readonly bool[] _answered = new bool[segments.Length];
    private ImmutableArray<string> _keys = [];

    /// <summary>Scalars of the whole round, once complete.</summary>
    public RoundTally Total { get; private set; }

    /// <summary>Longest wait for the other slots that a segment reported, s.</summary>
    public double WaitedSeconds { get; private set; }

    /// <summary>Whether every segment has answered.</summary>
    public bool Complete => _answered.All(a => a);

    /// <summary>What is being waited for; empty when nothing.</summary>
    public string WaitingFor =>
        Complete
            ? ""
            : string.Join(
                ", ",
                Enumerable
                    .Range(0, segments.Length)
                    .Where(i => !_answered[i])
                    .Select(i => $"segment {_keys.ElementAtOrDefault(i)}")
            );

    /// <summary>Slots of the lease that this trainer has not computed in this round.</summary>
    public IReadOnlyList<int> Missing(Lease lease) =>
        [
            .. lease
                .Slots.SelectMany(r => Enumerable.Range(r.Start, r.Length))
                .Where(s => !_computed.Contains(s)),
        ];

    /// <summary>Sends blocks of slots just computed, and asks every segment for its answer.</summary>
    public void Give(
        Lease lease,
        IReadOnlyList<int> slots,
        IReadOnlyList<(SlotRange Slots, byte[] Values, RoundTally Tally)> blocks
    )
    {
        _computed.UnionWith(slots);
        _blocks.AddRange(blocks);
        Follow(lease);
        for (var i = 0; i < segments.Length; i++)
            if (!_answered[i])
                Call(lease, i, blocks);
    }

    /// <summary>Goes where the lease says the segments are; new ones get all blocks again.</summary>
    public void Follow(Lease lease)
    {
        if (_keys.SequenceEqual(lease.Segments))
            return;
        var moved = !_keys.IsEmpty;
        _keys = lease.Segments;
        if (moved)
            for (var i = 0; i < segments.Length; i++)
                if (!_answered[i])
                    Call(lease, i, _blocks);
    }

    /// <summary>A task that ends when some segment has something to say; null when none was asked.</summary>
    public Task? Next() => _calls.Count == 0 ? null : Task.WhenAny(_calls.Keys);

    /// <summary>Takes the answers in that have come.</summary>
    /// <returns>A refusal that ends the round for this trainer; null while all is well.</returns>
    public async Task<SegmentAnswer?> CollectAsync(Lease lease)
    {
        foreach (var (call, index) in _calls.Where(c => c.Key.IsCompleted).ToList())
        {
            _calls.Remove(call);
            if (_answered[index])
                continue;
            SegmentAnswer answer;
            try
            {
                answer = await call;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                // Outcome unknown: say everything again, a block given twice is dropped.
                Call(lease, index, _blocks);
                continue;
            }

            switch (answer.Outcome)
            {
                case SegmentOutcome.Averaged:
                    answer.Averaged!.Bytes.CopyTo(result.Span[segments[index].OffsetBytes..]);
                    answer.Averaged.Dispose();
                    _answered[index] = true;
                    Total = answer.Total;
                    WaitedSeconds = Math.Max(WaitedSeconds, answer.WaitedSeconds);
                    break;
                case SegmentOutcome.Again:
                    Call(lease, index, []);
                    break;
                case SegmentOutcome.Moved:
                    break; // the next lease says where; Follow sends the blocks there
                default:
                    return answer;
            }
        }

        return null;
    }

    private void Call(
        Lease lease,
        int index,
        IReadOnlyList<(SlotRange Slots, byte[] Values, RoundTally Tally)> blocks
    )
    {
        var (shape, offset) = segments[index];
        var contribution = new Contribution
        {
            Trainer = trainer,
            Round = round,
            Term = lease.Term,
            Deferred = deferred,
            StateHash = stateHash,
            Shape = shape,
            Blocks =
            [
                .. blocks.Select(b => new Block(
                    b.Slots,
                    VectorChunk.Borrow(b.Values, offset, shape.Elements * shape.ElementBytes),
                    b.Tally
                )),
            ],
        };
        _calls.Add(grains.GetGrain<ISegmentGrain>(_keys[index]).ContributeAsync(contribution), index);
    }

    /// <summary>Sums slots just computed into the fewest aligned blocks.</summary>
    /// <remarks>The first vector of a block becomes its sum; <paramref name="add"/> adds a right child to a left one.</remarks>
    public static List<(SlotRange Slots, byte[] Values, RoundTally Tally)> Fold(
        int slots,
        IReadOnlyDictionary<int, (byte[] Values, RoundTally Tally)> values,
        Action<byte[], byte[]> add
    )
    {
        return
        [
            .. AveragingTree
                .Blocks(slots, values.Keys)
                .Select(block =>
                {
                    var (sum, tally) = Node(block.Start, block.End);
                    return (new SlotRange(block.Start, block.End), sum, tally);
                }),
        ];

        (byte[] Values, RoundTally Tally) Node(int start, int end)
        {
            if (end - start == 1)
                return values[start];
            var middle = AveragingTree.Split(start, end);
            var (left, leftTally) = Node(start, middle);
            var (right, rightTally) = Node(middle, end);
            add(left, right);
            return (left, leftTally + rightTally);
        }
    }
}
