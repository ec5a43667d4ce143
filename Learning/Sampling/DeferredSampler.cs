namespace MMOrleans.Learning.Sampling;

/// <summary>Deferred re-sampling (DRS): one sampler before the switch, another from it on.</summary>
/// <remarks>Cao et al., NeurIPS 2019. Both have as many draws an epoch, so that rounds keep their places.</remarks>
public sealed class DeferredSampler : ISampler
{
    private readonly ISampler _before;
    private readonly ISampler _after;
    private readonly int _switchEpoch;

    /// <param name="before">Until the switch.</param>
    /// <param name="after">From it on.</param>
    /// <param name="switchEpoch">First epoch, from 0, of the second.</param>
    /// <exception cref="ArgumentException">Their epochs differ in length.</exception>
    public DeferredSampler(ISampler before, ISampler after, int switchEpoch)
    {
        if (before.DrawsPerEpoch != after.DrawsPerEpoch)
        {
            throw new ArgumentException(
                $"Epochs of {before.DrawsPerEpoch} draws would become epochs of {after.DrawsPerEpoch} at the switch.",
                nameof(after)
            );
        }

        (_before, _after, _switchEpoch) = (before, after, switchEpoch);
    }

    /// <inheritdoc/>
    public int DrawsPerEpoch => _before.DrawsPerEpoch;

    /// <inheritdoc/>
    public int[] Draw(int epoch) => (epoch < _switchEpoch ? _before : _after).Draw(epoch);
}
