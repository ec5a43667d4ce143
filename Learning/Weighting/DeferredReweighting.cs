using System.Diagnostics;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Weighting;

/// <summary>Deferred re-weighting (DRW): uniform class weights before the switch, balanced ones from it on.</summary>
public sealed class DeferredReweighting
{
    private readonly int _switchEpoch;
    private readonly double[] _before;
    private readonly double[] _after;

    /// <param name="counts">Images per class of the whole run.</param>
    /// <param name="switchEpoch">First epoch, from 0, with balanced weights; 160 of 200 in the reference code.</param>
    /// <param name="balanced">The weights from then on; they sum to the number of classes.</param>
    public DeferredReweighting(ClassCounts counts, int switchEpoch, double[] balanced)
    {
        _switchEpoch = switchEpoch;
        _before = [.. counts.Select(_ => 1.0)];
        _after = balanced;
    }

    /// <summary>A method's weights: <c>none</c> never switches, <c>balanced</c> starts switched.</summary>
    public static DeferredReweighting Of(MethodSpecification method, ClassCounts counts) =>
        new(
            counts,
            method.Reweight switch
            {
                Reweighting.None => int.MaxValue,
                Reweighting.Balanced => 0,
                Reweighting.Deferred => method.DeferEpoch,
                _ => throw new UnreachableException(),
            },
            method.Weights switch
            {
                ClassWeighting.EffectiveNumber => ClassWeights.EffectiveNumber(counts, method.Beta),
                ClassWeighting.InverseFrequency => ClassWeights.InverseFrequency(counts),
                _ => throw new UnreachableException(),
            }
        );

    /// <summary>Weights in force during <paramref name="epoch"/>, counted from 0. Not to be written to.</summary>
    public double[] At(int epoch) => epoch < _switchEpoch ? _before : _after;
}
