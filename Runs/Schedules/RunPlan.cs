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
    public RunPlan(RunSpecification specification, int drawsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drawsPerEpoch, 1);
        (_specification, _draws) = (specification, drawsPerEpoch);
        _stages = new(specification);
        StepsPerEpoch = specification.DropLast
            ? Math.Max(1, drawsPerEpoch / specification.BatchSize)
            : (int)(((long)drawsPerEpoch + specification.BatchSize - 1) / specification.BatchSize);
        RoundsPerEpoch = (StepsPerEpoch + specification.LocalSteps - 1) / specification.LocalSteps;
        Rounds = (long)RoundsPerEpoch * specification.TotalEpochs;
    }

    /// <summary>Optimiser steps of an epoch; the last short batch counts unless it is dropped.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Draws of an epoch that a step uses: all of them, or those before a dropped batch.</summary>
    public int UsedDraws => (int)Math.Min(_draws, (long)StepsPerEpoch * _specification.BatchSize);

    /// <summary>Rounds of an epoch.</summary>
    public int RoundsPerEpoch { get; }

    /// <summary>Rounds of the run.</summary>
    public long Rounds { get; }

    /// <summary>Epochs of the first stage; 0 when there is none.</summary>
    public int PretrainingEpochs => _stages.PretrainingEpochs;

    /// <summary>First round of the method: 0 unless there is a stage before it.</summary>
    public long FirstMainRound => (long)PretrainingEpochs * RoundsPerEpoch;

    /// <summary>First round of the deferred phase; past the end when there is none.</summary>
    public long FirstDeferredRound =>
        _stages.FirstDeferredEpoch is { } epoch ? (long)epoch * RoundsPerEpoch : long.MaxValue;

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
            _stages.PhaseOf(epoch),
            ofEpoch == RoundsPerEpoch - 1,
            _stages.OfMethod(epoch),
            round + 1 == FirstMainRound
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

    /// <inheritdoc cref="StagePlan.EvaluatesAfter"/>
    public bool EvaluatesAfter(int epoch) => _stages.EvaluatesAfter(epoch);
}
