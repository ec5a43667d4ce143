using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Interfaces.Trainers;

/// <summary>Asks for bytes of a state: parameters, momentum and buffers, one after another.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Round">The round named by an earlier answer; −1 for the newest, which is then pinned unless no bytes are wanted.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes wanted, at most 1 MiB.</param>
[GenerateSerializer, Immutable, Alias("mm.StateRequest")]
public sealed record StateRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] long Round,
    [property: Id(2)] long Offset,
    [property: Id(3)] int Length
);

/// <summary>Bytes of a pinned state.</summary>
/// <param name="Round">Completed rounds of that state; −1 when the trainer has none to give or no longer has that one.</param>
/// <param name="StateHash">128-bit hash of the whole.</param>
/// <param name="TotalBytes">Length of the whole.</param>
/// <param name="Bytes">The stretch; null when there is none.</param>
/// <param name="Sums">Scalars of the running epoch.</param>
/// <param name="Closing">Whether the end of an epoch, after its last round, is before it.</param>
/// <param name="GradientNorm">Of the round's averaged gradient, reported by the trainer that closes the epoch; NaN where there is none.</param>
[GenerateSerializer, Immutable, Alias("mm.StateAnswer")]
public sealed record StateAnswer(
    [property: Id(0)] long Round,
    [property: Id(1)] UInt128 StateHash,
    [property: Id(2)] long TotalBytes,
    [property: Id(3)] VectorChunk? Bytes,
    [property: Id(4)] EpochSums Sums = default,
    [property: Id(5)] bool Closing = false,
    [property: Id(6)] double GradientNorm = double.NaN
);
