namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a trainer is to do.</summary>
public enum Directive
{
    /// <summary>Train under the lease.</summary>
    Train = 0,

    /// <summary>Abandon the open round, keep the last completed state.</summary>
    Pause = 1,

    /// <summary>Let go of the run.</summary>
    Leave = 2,

    /// <summary>The state it holds is wrong: drop it and copy another trainer's.</summary>
    Copy = 3,
}

/// <summary>The coordinator's answer to a heartbeat.</summary>
/// <param name="Directive">What to do.</param>
/// <param name="Lease">The lease in force for this trainer; null before the first, for one that is kept out for a while, and where <paramref name="HeldTerm"/> says that it has it.</param>
/// <param name="Round">Completed rounds of the furthest trainer.</param>
/// <param name="Closing">Whether the furthest trainer has an epoch's end before it.</param>
/// <param name="StateFrom">A trainer that holds the state and can be copied from; null when there is no other.</param>
/// <param name="HeldTerm">Term of the lease in force, which the trainer has and which is left out; 0 where none is.</param>
[GenerateSerializer, Immutable, Alias("mm.BeatAnswer")]
public sealed record BeatAnswer(
    [property: Id(0)] Directive Directive,
    [property: Id(1)] Lease? Lease,
    [property: Id(2)] long Round = 0,
    [property: Id(3)] string? StateFrom = null,
    [property: Id(4)] bool Closing = false,
    [property: Id(5)] long HeldTerm = 0
)
{
    /// <summary>Term of the lease in force for this trainer; 0 when none is told.</summary>
    public long Term => Lease?.Term ?? HeldTerm;

    /// <summary>The same, without the lease if the trainer has said that it has it: a lease names every segment, and changes rarely.</summary>
    /// <param name="heartbeat">What is answered.</param>
    public BeatAnswer To(Heartbeat heartbeat) =>
        heartbeat.KnowsHeldTerm && Lease is { } lease && lease.Term == heartbeat.Lease?.Term
            ? this with
            {
                Lease = null,
                HeldTerm = lease.Term,
            }
            : this;
}
