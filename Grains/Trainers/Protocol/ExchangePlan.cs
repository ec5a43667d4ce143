using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What is exchanged at each position of a run, and what each segment gathers.</summary>
/// <param name="Run">Says when: rounds, phases, evaluations, the end.</param>
/// <param name="Slots">V.</param>
/// <param name="Segments">The segments of a round, and where each begins in the vector, bytes.</param>
/// <param name="Evaluation">The segment of evaluations.</param>
internal sealed record ExchangePlan(
    RunPlan Run,
    int Slots,
    ImmutableArray<(SegmentShape Shape, int OffsetBytes)> Segments,
    SegmentShape Evaluation
)
{
    /// <summary>Rounds after which the run ends.</summary>
    public long End => Run.End;

    /// <summary>Cuts a contribution into segments.</summary>
    /// <param name="run">The run.</param>
    /// <param name="slots">V.</param>
    /// <param name="elements">Numbers in a contribution.</param>
    /// <param name="dividedByWeights">How many of them, from the first on, are divided by Σ w.</param>
    /// <param name="counts">Numbers that an evaluation counts.</param>
    /// <param name="isStrict">Whether every device computes a slot to the same bits.</param>
    public static ExchangePlan Of(
        RunPlan run,
        int slots,
        int elements,
        int dividedByWeights,
        int counts,
        bool isStrict
    )
    {
        var cut = SegmentPlan.Cut(elements);
        return new(
            run,
            slots,
            [
                .. cut.Select(
                    (segment, i) =>
                        (
                            Shape(
                                i,
                                segment.Elements,
                                sizeof(float),
                                DividedByWeights(segment, dividedByWeights),
                                run.Phases
                            ),
                            segment.Offset * sizeof(float)
                        )
                ),
            ],
            Shape(cut.Count, counts, sizeof(double), 0, PhaseBounds.None)
        );

        SegmentShape Shape(int index, int length, int bytes, int byDenominator, PhaseBounds phases) =>
            new(
                index,
                slots,
                length,
                bytes,
                byDenominator,
                phases.FirstDeferred,
                phases.FirstMain,
                IsRelaxed: !isStrict
            );
    }

    /// <summary>How many of a segment's first numbers are divided by Σ w, the rest being divided by the images.</summary>
    /// <remarks>
    /// A contribution begins with what is a sum over weighted losses, the gradient; running statistics, and with local steps everything, are sums over
    /// images. Segments are cut without regard to where the first part ends, so that it may end before, in or behind one.
    /// </remarks>
    internal static int DividedByWeights((int Offset, int Elements) segment, int dividedByWeights) =>
        Math.Clamp(dividedByWeights - segment.Offset, 0, segment.Elements);

    /// <summary>Where a state stands once the round after it is done.</summary>
    public StatePosition AfterRound(long round) => new(round + 1, Run.ClosesEpoch(round + 1));

    /// <summary>The exchange a state stands before; null at the end of an epoch that is not evaluated.</summary>
    public Exchange? At(StatePosition position) =>
        !position.Closing ? new(ExchangeKind.Round, position.Round)
        : Run.EvaluationAfter(position.Round) is { } number ? new(ExchangeKind.Evaluation, number)
        : null;

    /// <summary>The phase that a contribution is of; evaluations know no phases.</summary>
    public Phase PhaseOf(Exchange exchange) =>
        (exchange.Kind == ExchangeKind.Round ? Run.Phases : PhaseBounds.None).Of(exchange.Number);

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
