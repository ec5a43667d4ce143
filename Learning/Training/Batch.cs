namespace MMOrleans.Learning.Training;

/// <summary>Some images as the network takes them, with their labels.</summary>
/// <param name="rows">Images, 0 or more.</param>
/// <param name="images">[rows, height, width, 3] normalised; may be longer, as rented arrays are. Read until the call it is given to returns.</param>
/// <param name="labels">One class a row.</param>
/// <param name="sampleSum">Wrapping sum over the rows of hash(sample, draw), of what the data shard really returned.</param>
public sealed class Batch(int rows, float[] images, long[] labels, ulong sampleSum)
{
    /// <summary>Images, 0 or more.</summary>
    public int Rows => rows;

    /// <summary>[rows, height, width, 3]; may be longer.</summary>
#pragma warning disable CA1819 // Filled in place and handed to native code: a copy would cost what channels-last gains.
    public float[] Images => images;

    /// <summary>One class a row.</summary>
    public long[] Labels => labels;
#pragma warning restore CA1819

    /// <summary>Draw of the epoch that the first row is; the others follow it.</summary>
    public long FirstDraw { get; init; }

    /// <summary>Another batch of as many rows that the step uses beside this one; null where the method has no companion.</summary>
    public Batch? Companion { get; init; }

    /// <summary>Wrapping sum of the rows' sample hashes.</summary>
    public ulong SampleSum => sampleSum;
}
