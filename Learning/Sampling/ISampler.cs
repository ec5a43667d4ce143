namespace MMOrleans.Learning.Sampling;

/// <summary>Decides which training images an epoch sees, how often and in which order.</summary>
public interface ISampler
{
    /// <summary>Draws of every epoch.</summary>
    int DrawsPerEpoch { get; }

    /// <summary>Positions in the training set, in order of drawing: a pure function of the seed and the epoch, from 0.</summary>
    int[] Draw(int epoch);
}
