using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>One trainer's side of one exchange: what it has computed, what each segment has answered.</summary>
/// <remarks>Kept until the next exchange of its kind is complete: a segment made anew may ask for all of it again.</remarks>
internal sealed class OpenExchange
{
    private readonly HashSet<int> _computed = [];
    private readonly List<LentArray> _arrays = [];
    private readonly Piece[] _pieces;

    public OpenExchange(Exchange id, ExchangePlan plan, UInt128 stateHash, LentArray result)
    {
        (Id, StateHash, Result) = (id, stateHash, result);
        (First, var count) = plan.SegmentsOf(id.Kind);
        _pieces = [.. Enumerable.Range(0, count).Select(_ => new Piece())];
    }

    public Exchange Id { get; }

    /// <summary>Hash of the state it starts from.</summary>
    public UInt128 StateHash { get; }

    /// <summary>Number of its first segment in a lease's list.</summary>
    public int First { get; }

    public IReadOnlyList<Piece> Pieces => _pieces;

    public List<OwnBlock> Blocks { get; } = [];

    /// <summary>Slots that <see cref="Blocks"/> hold.</summary>
    public IReadOnlySet<int> Computed => _computed;

    /// <summary>The averaged vector, as far as it has been answered.</summary>
    public LentArray Result { get; }

    public EpochSums Total { get; set; }

    public double WaitedSeconds { get; set; }

    public bool IsComplete => _pieces.All(p => p.Answered);

    /// <summary>Arrays that it keeps: of contributions, and of the result.</summary>
    public int Arrays => _arrays.Count + 1;

    /// <summary>Slots among <paramref name="leased"/> that are still to be computed.</summary>
    public ImmutableArray<int> Missing(ImmutableArray<SlotRange> leased) =>
        [.. leased.SelectMany(r => Enumerable.Range(r.Start, r.Length)).Where(s => !_computed.Contains(s))];

    public void Add(ImmutableArray<int> slots, IEnumerable<OwnBlock> blocks, IEnumerable<LentArray> arrays)
    {
        _computed.UnionWith(slots);
        Blocks.AddRange(blocks);
        _arrays.AddRange(arrays);
    }

    /// <summary>Lets go of the arrays.</summary>
    public void Return(BufferPool contributions, BufferPool results)
    {
        contributions.Return(_arrays);
        results.Return([Result]);
    }

    /// <summary>One segment's part.</summary>
    internal sealed class Piece
    {
        /// <summary>Where it was last sent to, or answered from.</summary>
        public string Key { get; private set; } = "";

        /// <summary>The segment at <see cref="Key"/> was made anew and is to be given the result.</summary>
        public bool ResultIsOwed { get; set; }

        /// <summary>Blocks that the segment at <see cref="Key"/> has been given.</summary>
        public int BlocksSent { get; set; }

        /// <summary>Calls under way to <see cref="Key"/>.</summary>
        public int Calls { get; set; }

        public DateTimeOffset RetryAt { get; set; }

        /// <summary>Since when <see cref="Key"/> owes an answer.</summary>
        public DateTimeOffset? SilentSince { get; set; }

        public bool Answered { get; set; }

        /// <summary>Goes to another segment: all is to be said again, and what the old one owed is forgotten.</summary>
        public void Move(string key)
        {
            Key = key;
            (BlocksSent, Calls, RetryAt, SilentSince) = (0, 0, default, null);
            ResultIsOwed = Answered;
        }

        /// <summary>The segment at <paramref name="key"/> has forgotten what it was given.</summary>
        public void TellAgain(string key)
        {
            if (Key != key)
                return;
            BlocksSent = 0;
            ResultIsOwed = Answered;
        }
    }
}
