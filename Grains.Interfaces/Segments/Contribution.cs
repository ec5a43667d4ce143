using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>What a trainer gives to one segment in one round.</summary>
[GenerateSerializer, Immutable, Alias("mm.Contribution")]
public sealed record Contribution
{
    /// <summary>Who.</summary>
    [Id(0)]
    public required string Trainer { get; init; }

    /// <summary>Round, from 0; for the evaluation segment the epoch.</summary>
    [Id(1)]
    public required long Round { get; init; }

    /// <summary>What it was computed in; <see cref="Phase.Main"/> of an evaluation.</summary>
    [Id(3)]
    public required Phase Phase { get; init; }

    /// <summary>128-bit hash of the state the round started from.</summary>
    [Id(4)]
    public required UInt128 StateHash { get; init; }

    /// <summary>What the segment is.</summary>
    [Id(5)]
    public required SegmentShape Shape { get; init; }

    /// <summary>Blocks not sent before; empty to ask once more for the answer.</summary>
    [Id(6)]
    public required ImmutableArray<Block> Blocks { get; init; }

    /// <summary>The round's result, from a trainer that has it, for a segment that was made anew.</summary>
    [Id(7)]
    public SettledRound? Settled { get; init; }

    /// <summary>A reader: wants the result, holds no state, gives nothing.</summary>
    [Id(8)]
    public bool Reads { get; init; }

    /// <summary>The segment's silo's arena, where the contributor can read it: the answer may say where its numbers are. 0 where it cannot.</summary>
    [Id(9)]
    public ulong Maps { get; init; }

    /// <summary>Returns rented bytes to their pool; the contribution must not be read afterwards.</summary>
    public void Release()
    {
        foreach (var block in Blocks)
            block.Values.Dispose();
        Settled?.Averaged.Dispose();
    }
}
