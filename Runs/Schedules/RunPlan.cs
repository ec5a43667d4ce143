using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Schedules;

/// <summary>What every round of a run is: a pure function of the specification and the length of an epoch.</summary>
/// <remarks>
/// A round is H local steps; it never crosses an epoch, so the last of an epoch may be shorter, and the end of pre-training and the DRW
/// switch are each between two.
/// </remarks>
public sealed class RunPlan
{
    private readonly RunSpecification _specification;
    private readonly StagePlan _stages;
    private readonly int _draws;

    /// <param name="specification">The run.</param>
    /// <param name="drawsPerEpoch">Images an epoch draws, 1 or more.</param>
    /// <param name="roundLimit">Rounds after which it ends early; null for none.</param>
    public RunPlan(RunSpecification specification, int drawsPerEpoch, long? roundLimit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drawsPerEpoch, 1);
        (_specification, _draws) = (specification, drawsPerEpoch);
        _stages = new(specification);
        StepsPerEpoch = specification.DropLast
            ? Math.Max(1, drawsPerEpoch / specification.BatchSize)
            : (int)(((long)drawsPerEpoch + specification.BatchSize - 1) / specification.BatchSize);
        RoundsPerEpoch = (StepsPerEpoch + specification.LocalSteps - 1) / specification.LocalSteps;
        Rounds = (long)RoundsPerEpoch * specification.TotalEpochs;
        End = Math.Min(Rounds, roundLimit ?? Rounds);
        Phases = new(_stages.Phases.FirstMain * RoundsPerEpoch, FirstRoundOf(_stages.FirstDeferredEpoch));
    }

    /// <summary>Optimiser steps of an epoch; the last short batch counts unless it is dropped.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Draws of an epoch that a step uses: all of them, or those before a dropped batch.</summary>
    public int UsedDraws => (int)Math.Min(_draws, (long)StepsPerEpoch * _specification.BatchSize);

    /// <summary>Rounds of an epoch.</summary>
    public int RoundsPerEpoch { get; }

    /// <summary>Rounds of the run.</summary>
    public long Rounds { get; }

    /// <summary>Rounds after which the run ends: all, unless it was told to end early.</summary>
    public long End { get; }

    /// <summary>Which phase each round is of.</summary>
    public PhaseBounds Phases { get; }

    /// <summary>One round, in [0, <see cref="Rounds"/>).</summary>
    public RoundPlan At(long round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(round, Rounds);
        var epoch = (int)(round / RoundsPerEpoch);
        var ofEpoch = (int)(round % RoundsPerEpoch);
        var first = ofEpoch * _specification.LocalSteps;
        return new(
            round,
            epoch,
            ofEpoch,
            first,
            Math.Min(_specification.LocalSteps, StepsPerEpoch - first),
            _stages.LearningRate(epoch),
            Phases.Of(round),
            ofEpoch == RoundsPerEpoch - 1,
            _stages.OfMethod(epoch),
            round + 1 == Phases.FirstMain
        );
    }

    /// <summary>Optimiser steps of the run before a round.</summary>
    public long StepsBefore(RoundPlan round) => ((long)round.Epoch * StepsPerEpoch) + round.FirstStep;

    /// <summary>Draws of an epoch that a slot gets in a step: of n rows, ⌊s·n/V⌋ … ⌊(s+1)·n/V⌋ − 1.</summary>
    /// <param name="step">Step of the epoch, from 0.</param>
    /// <param name="slot">Slot, from 0.</param>
    /// <returns>First draw of the epoch and how many; 0 for an empty slot.</returns>
    public (int Start, int Count) Rows(int step, int slot)
    {
        var (batch, rows) = Batch(step);
        var start = (int)((long)slot * rows / _specification.Slots);
        var end = (int)((long)(slot + 1) * rows / _specification.Slots);
        return (batch + start, end - start);
    }

    /// <summary>Draws of an epoch that a step gets, over all slots.</summary>
    /// <param name="step">Step of the epoch, from 0.</param>
    /// <returns>First draw of the epoch and how many; the last batch of an epoch may be short.</returns>
    public (int Start, int Count) Batch(int step)
    {
        var start = step * _specification.BatchSize;
        return (start, Math.Min(_specification.BatchSize, _draws - start));
    }

    /// <summary>Whether an epoch ends when so many rounds are completed; one is cut short where the run ends early.</summary>
    public bool ClosesEpoch(long completed) =>
        completed > 0 && (completed == End || completed % RoundsPerEpoch == 0);

    /// <summary>The evaluation at an epoch's end, where so many rounds are completed.</summary>
    /// <returns>Its number, from 0 without gaps; null where the model is not evaluated.</returns>
    public long? EvaluationAfter(long completed)
    {
        var epoch = (int)((completed - 1) / RoundsPerEpoch);
        return completed == End || _stages.EvaluatesAfter(epoch) ? _stages.EvaluationsBefore(epoch) : null;
    }

    private long FirstRoundOf(int? epoch) =>
        epoch is { } first ? (long)first * RoundsPerEpoch : long.MaxValue;
}
