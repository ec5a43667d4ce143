using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Sampling;

/// <summary>Which images the steps of a run use: those of its sampler, and those of its companion where it has one.</summary>
/// <remarks>
/// A step has as many rows of either, at the same places. Draws are numbered through, the companion's after the sampler's, so that no
/// two uses of an image in an epoch have one number: crops, flips and the sample sum depend on it.
/// </remarks>
public sealed class RunDraws
{
    private readonly ISampler _sampler;
    private readonly ISampler? _companion;

    /// <param name="specification">The run.</param>
    /// <param name="trainingLabels">Class of every training position.</param>
    /// <param name="heldOut">Held-out positions, which follow the training positions.</param>
    /// <exception cref="FaultException">MM1007: there is no sampler or companion of that name.</exception>
    /// <exception cref="ArgumentException">The two do not have epochs of one length, or nothing is held out for the companion.</exception>
    public RunDraws(RunSpecification specification, IReadOnlyList<int> trainingLabels, int heldOut = 0)
    {
        _sampler = Samplers.Create(specification, trainingLabels);
        _companion = CompanionSamplers.Create(specification, trainingLabels, heldOut, PerEpoch);
        if (_companion is { } companion && companion.DrawsPerEpoch != PerEpoch)
        {
            throw new ArgumentException(
                $"Epochs of {PerEpoch} draws have a companion of {companion.DrawsPerEpoch}: steps would lack their second batch.",
                nameof(specification)
            );
        }
    }

    /// <summary>Draws of the sampler in an epoch.</summary>
    public int PerEpoch => _sampler.DrawsPerEpoch;

    /// <summary>Positions that an epoch, counted from 0, draws; then the companion's, or none.</summary>
    public (int[] Positions, int[]? Companion) Of(int epoch) =>
        (_sampler.Draw(epoch), _companion?.Draw(epoch));

    /// <summary>Number of the companion's draw beside a draw of the sampler.</summary>
    public int Beside(int draw) => PerEpoch + draw;

    /// <summary>The sum of the sample hashes of an epoch's first draws, as the samplers say it (invariant I3).</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="used">Draws that steps use.</param>
    /// <param name="sampleIds">Index in the data set's files of every position.</param>
    public ulong SumOf(int epoch, int used, IReadOnlyList<int> sampleIds)
    {
        var sum = 0ul;
        var (positions, companion) = Of(epoch);
        for (var draw = 0; draw < used; draw++)
        {
            sum = unchecked(sum + SampleSum.Hash(sampleIds[positions[draw]], draw));
            if (companion is not null)
                sum = unchecked(sum + SampleSum.Hash(sampleIds[companion[draw]], Beside(draw)));
        }

        return sum;
    }
}
