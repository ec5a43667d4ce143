namespace MMOrleans.Grains.Segments;

/// <summary>What a segment keeps, in numbers. None of them grows with the rounds of a run.</summary>
/// <param name="Rounds">Open rounds.</param>
/// <param name="Blocks">Blocks and sums of them.</param>
/// <param name="States">Contributors of them.</param>
/// <param name="Results">Results kept for late comers.</param>
/// <param name="Origins">States that those came from.</param>
internal readonly record struct SegmentMemory(int Rounds, int Blocks, int States, int Results, int Origins);
