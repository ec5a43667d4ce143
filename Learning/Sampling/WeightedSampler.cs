using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Draws with replacement: a class by its probability, then any image of it.</summary>
/// <remarks>An epoch has as many draws as there are images.</remarks>
public sealed class WeightedSampler : ISampler
{
    private readonly PositionsByClass _positions;
    private readonly double[] _probabilities;
    private readonly long _seed;

    /// <param name="labels">Class of every training position.</param>
    /// <param name="kind">As in <see cref="SamplingWeights.PerImage"/>.</param>
    /// <param name="beta">Base of the effective number.</param>
    /// <param name="seed">The run's seed.</param>
    public WeightedSampler(IReadOnlyList<int> labels, string kind, double beta, long seed)
    {
        (_seed, DrawsPerEpoch, _positions) = (seed, labels.Count, new(labels));
        var counts = _positions.Counts;
        _probabilities = SamplingWeights.OfClasses(counts, SamplingWeights.PerImage(kind, counts, beta));
    }

    /// <summary><c>balanced</c>: the re-sampling (CB-RS) of Table 1.</summary>
    public static SamplerDefinition Balanced { get; } =
        Of("balanced", "effective-number", "classes by the inverse of their effective numbers");

    /// <summary><c>inverse</c></summary>
    public static SamplerDefinition Inverse { get; } = Of("inverse", "inverse", "every class equally often");

    /// <summary><c>square-root</c></summary>
    public static SamplerDefinition SquareRoot { get; } =
        Of("square-root", "square-root", "classes by the square roots of their counts");

    /// <summary><c>reversed</c></summary>
    public static SamplerDefinition Reversed { get; } =
        Of("reversed", "reversed", "classes by the inverse of their counts, the rarest most often");

    /// <inheritdoc/>
    public int DrawsPerEpoch { get; }

    /// <inheritdoc/>
    public int[] Draw(int epoch) =>
        _positions.Draw(_probabilities, DrawsPerEpoch, new(_seed, RandomPurpose.Order, epoch));

    private static SamplerDefinition Of(string name, string kind, string words) =>
        new(name, words, (run, labels) => new WeightedSampler(labels, kind, run.Method.Beta, run.Seed));
}
