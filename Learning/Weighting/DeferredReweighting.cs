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
                "none" => int.MaxValue,
                "balanced" => 0,
                "deferred" => method.DeferEpoch,
                _ => throw new ArgumentException(
                    $"'{method.Reweight}' is no re-weighting: none, balanced or deferred."
                ),
            },
            method.Weights switch
            {
                "effective-number" => ClassWeights.EffectiveNumber(counts, method.Beta),
                "inverse-frequency" => ClassWeights.InverseFrequency(counts),
                _ => throw new ArgumentException(
                    $"'{method.Weights}' are no class weights: effective-number or inverse-frequency."
                ),
            }
        );

    /// <summary>Weights in force during <paramref name="epoch"/>, counted from 0. Not to be written to.</summary>
    public double[] At(int epoch) => epoch < _switchEpoch ? _before : _after;
}
