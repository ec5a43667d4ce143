namespace MMOrleans.Learning.Sampling;

/// <summary>The sampler of a run in two stages: each image once an epoch in the first, the method's own in the second.</summary>
/// <remarks>Both count as the method does: the first stage's epochs are negative, so that the two share no random number.</remarks>
public sealed class StagedSampler : ISampler
{
    private readonly ISampler _first;
    private readonly ISampler _method;
    private readonly int _firstEpochs;

    /// <param name="first">Of the first stage.</param>
    /// <param name="method">Of the second.</param>
    /// <param name="firstEpochs">Epochs of the first stage.</param>
    /// <exception cref="FaultException">MM1005: their epochs differ in length, so that rounds would change theirs between the stages.</exception>
    public StagedSampler(ISampler first, ISampler method, int firstEpochs)
    {
        if (first.DrawsPerEpoch != method.DrawsPerEpoch)
            throw new FaultException(
                "MM1005",
                $"Pre-training uses each of {first.DrawsPerEpoch} images once an epoch, method.sampler draws {method.DrawsPerEpoch}: a run has epochs of one length",
                "Choose a method.sampler that keeps the length of an epoch, or set pretraining.kind to none."
            );
        (_first, _method, _firstEpochs) = (first, method, firstEpochs);
    }

    /// <inheritdoc/>
    public int DrawsPerEpoch => _method.DrawsPerEpoch;

    /// <inheritdoc/>
    public int[] Draw(int epoch) => (epoch < _firstEpochs ? _first : _method).Draw(epoch - _firstEpochs);
}
