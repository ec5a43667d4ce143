namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>The slots <paramref name="Start"/> … <paramref name="End"/> − 1.</summary>
/// <param name="Start">First slot.</param>
/// <param name="End">One past the last.</param>
[GenerateSerializer, Immutable, Alias("mm.SlotRange")]
public readonly record struct SlotRange([property: Id(0)] int Start, [property: Id(1)] int End)
{
    /// <summary>Slots in it.</summary>
    public int Length => End - Start;

    /// <summary>Whether every slot of <paramref name="other"/> is in it.</summary>
    public bool Covers(SlotRange other) => Start <= other.Start && other.End <= End;

    /// <inheritdoc/>
    public override string ToString() => Length == 1 ? $"{Start}" : $"{Start}-{End - 1}";
}
