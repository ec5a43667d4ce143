using MMOrleans.Grains.Interfaces.Segments;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>The order of a run's exchanges, and what each segment gathers.</summary>
internal sealed record ExchangePlan
{
    /// <summary>V.</summary>
    public required int Slots { get; init; }

    /// <summary>Rounds after which the run ends.</summary>
    public required long End { get; init; }

    /// <summary>Rounds of an epoch.</summary>
    public required int RoundsPerEpoch { get; init; }

    /// <summary>Epochs of pre-training: their ends are not evaluated.</summary>
    public int PretrainingEpochs { get; init; }

    /// <summary>Epochs from one evaluation to the next.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>First round of the deferred phase.</summary>
    public required long FirstDeferredRound { get; init; }

    /// <summary>First round of the method.</summary>
    public long FirstMainRound => (long)PretrainingEpochs * RoundsPerEpoch;

    /// <summary>The segments of a round, and where each begins in the vector, bytes.</summary>
    public required ImmutableArray<(SegmentShape Shape, int OffsetBytes)> Segments { get; init; }

    /// <summary>The segment of evaluations.</summary>
    public required SegmentShape Evaluation { get; init; }

    /// <summary>Where a state stands once the round after it is done.</summary>
    public StatePosition AfterRound(long round) => new(round + 1, ClosesEpoch(round + 1));

    /// <summary>Whether an epoch ends when so many rounds are completed.</summary>
    public bool ClosesEpoch(long completed) =>
        completed > 0 && (completed == End || completed % RoundsPerEpoch == 0);

    /// <summary>The exchange a state stands before; null at the end of an epoch that is not evaluated.</summary>
    public Exchange? At(StatePosition position)
    {
        if (!position.Closing)
            return new(ExchangeKind.Round, position.Round);
        // Of the method's epochs, so that evaluations are numbered without a gap whatever came before them.
        var epoch = ((position.Round - 1) / RoundsPerEpoch) - PretrainingEpochs;
        return position.Round == End || (epoch >= 0 && (epoch + 1) % EvaluateEvery == 0)
            ? new(ExchangeKind.Evaluation, Math.Max(0, epoch) / EvaluateEvery)
            : null;
    }

    /// <summary>Whether a state is the last.</summary>
    public bool IsEnd(StatePosition position) => position is { Closing: false } && position.Round == End;

    /// <summary>Number, within a lease's list, of an exchange's first segment, and how many it has.</summary>
    public (int First, int Count) SegmentsOf(ExchangeKind kind) =>
        kind == ExchangeKind.Round ? (0, Segments.Length) : (Segments.Length, 1);

    /// <summary>What a segment gathers, and where that begins in the vector, bytes.</summary>
    public (SegmentShape Shape, int OffsetBytes) Segment(int index) =>
        index < Segments.Length ? Segments[index] : (Evaluation, 0);

    /// <summary>Bytes of an exchange's vector.</summary>
    public int VectorBytes(ExchangeKind kind) =>
        kind == ExchangeKind.Round
            ? Segments[^1].OffsetBytes + (Segments[^1].Shape.Elements * Segments[^1].Shape.ElementBytes)
            : Evaluation.Elements * Evaluation.ElementBytes;
}
