using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Schedules;

/// <summary>What every epoch of a run is, over all of its stages: a pure function of the specification.</summary>
/// <remarks>
/// Epochs of a run count through its stages. The method counts its own from 0, so that the switch, the drops and the sampler of a second
/// stage are those of a run without the first one; epochs of pre-training lie before them, at −P … −1, and never share a random number.
/// </remarks>
public sealed class StagePlan
{
    private readonly RunSpecification _specification;
    private readonly LearningRate _rate;
    private readonly LearningRate? _pretrainingRate;

    /// <param name="specification">The run.</param>
    public StagePlan(RunSpecification specification)
    {
        _specification = specification;
        var rate = specification.Optimiser.LearningRate;
        _rate = new(specification.Schedule, rate, specification.Epochs);
        if (specification.Pretraining is { } first)
            _pretrainingRate = new(first.Schedule, rate, first.Epochs);
    }

    /// <summary>P: epochs of the first stage; 0 when there is none.</summary>
    public int PretrainingEpochs => _specification.Pretraining?.Epochs ?? 0;

    /// <summary>First epoch of the deferred phase, from 0; null when there is none.</summary>
    public int? FirstDeferredEpoch =>
        _specification.Method.DeferEpoch < _specification.Epochs
            ? PretrainingEpochs + _specification.Method.DeferEpoch
            : null;

    /// <summary>An epoch of the run as the method counts it: from 0, and below 0 in the first stage.</summary>
    public int OfMethod(int epoch) => epoch - PretrainingEpochs;

    /// <summary>In epochs of the run.</summary>
    public PhaseBounds Phases => new(PretrainingEpochs, FirstDeferredEpoch ?? long.MaxValue);

    /// <summary>The learning rate of an epoch of the run, from 0.</summary>
    public double LearningRate(int epoch) =>
        epoch < PretrainingEpochs ? _pretrainingRate!.At(epoch) : _rate.At(OfMethod(epoch));

    /// <summary>Whether the model is evaluated after an epoch of the run, from 0: never in the first stage, always after the last epoch.</summary>
    public bool EvaluatesAfter(int epoch) =>
        epoch + 1 == _specification.TotalEpochs
        || (epoch >= PretrainingEpochs && (OfMethod(epoch) + 1) % _specification.EvaluateEvery == 0);

    /// <summary>Evaluations before that of an epoch; of the method's epochs, so that they have no gap whatever came before them.</summary>
    public long EvaluationsBefore(int epoch) => Math.Max(0, OfMethod(epoch)) / _specification.EvaluateEvery;
}
