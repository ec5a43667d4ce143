using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Progressively balanced: draws classes as often as they are in the first epoch, equally often in the last.</summary>
/// <remarks>Kang et al., ICLR 2020. Draws with replacement; the probabilities change with the epoch only.</remarks>
/// <param name="labels">Class of every training position.</param>
/// <param name="epochs">E of the run.</param>
/// <param name="seed">The run's seed.</param>
public sealed class ProgressiveSampler(IReadOnlyList<int> labels, int epochs, long seed) : ISampler
{
    private readonly PositionsByClass _positions = new(labels);

    /// <summary><c>progressive</c></summary>
    public static SamplerDefinition Definition { get; } =
        new(
            "progressive",
            "from the images' own frequencies to equal ones over the epochs",
            (run, labels) => new ProgressiveSampler(labels, run.Epochs, run.Seed)
        );

    /// <inheritdoc/>
    public int DrawsPerEpoch => labels.Count;

    /// <inheritdoc/>
    public int[] Draw(int epoch) =>
        _positions.Draw(
            SamplingWeights.Progressive(_positions.Counts, epoch, epochs),
            DrawsPerEpoch,
            new(seed, RandomPurpose.Order, epoch)
        );
}
