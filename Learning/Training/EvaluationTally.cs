using MMOrleans.Learning.Metrics;

namespace MMOrleans.Learning.Training;

/// <summary>What an evaluation counts: exact under any sharing of the test images, because it only adds whole numbers and losses.</summary>
/// <remarks>As a vector of float64 it travels and is summed along the averaging tree; whole numbers are exact there up to 2⁵³.</remarks>
public sealed class EvaluationTally
{
    private readonly long[] _confusion;

    /// <param name="classes">K.</param>
    public EvaluationTally(int classes) => (Classes, _confusion) = (classes, new long[classes * classes]);

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>Images counted.</summary>
    public long Images { get; private set; }

    /// <summary>Images whose true class is among the five largest logits; of equal logits the lower class is the larger.</summary>
    public long TopFive { get; private set; }

    /// <summary>Σ ℓ of the method's loss, unweighted.</summary>
    public double LossSum { get; private set; }

    /// <summary>Images of class <paramref name="actual"/> that were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _confusion[actual * Classes + predicted];

    /// <summary>What the counts say about the network.</summary>
    public Evaluation ToEvaluation() => new(Classes, _confusion, TopFive, LossSum);

    /// <summary>Elements of the vector form.</summary>
    public static int VectorLength(int classes) => classes * classes + 3;

    /// <summary>Writes the vector form: the confusion matrix row by row, images, top five, loss.</summary>
    public void CopyTo(Span<double> vector)
    {
        for (var i = 0; i < _confusion.Length; i++)
            vector[i] = _confusion[i];
        vector[^3] = Images;
        vector[^2] = TopFive;
        vector[^1] = LossSum;
    }

    /// <summary>Reads the vector form, or a sum of several.</summary>
    public static EvaluationTally From(int classes, ReadOnlySpan<double> vector)
    {
        if (vector.Length != VectorLength(classes))
        {
            throw new ArgumentException(
                $"{vector.Length} numbers are no tally over {classes} classes; {VectorLength(classes)} are.",
                nameof(vector)
            );
        }

        var tally = new EvaluationTally(classes)
        {
            Images = (long)vector[^3],
            TopFive = (long)vector[^2],
            LossSum = vector[^1],
        };
        for (var i = 0; i < tally._confusion.Length; i++)
            tally._confusion[i] = (long)vector[i];
        return tally;
    }

    /// <summary>Counts one image.</summary>
    /// <param name="actual">Its true class.</param>
    /// <param name="predicted">The class of its largest logit, the lowest of equal ones.</param>
    /// <param name="rank">How many logits come before the true class's.</param>
    /// <param name="loss">ℓ.</param>
    public void Add(int actual, int predicted, int rank, double loss)
    {
        _confusion[actual * Classes + predicted]++;
        Images++;
        TopFive += rank < 5 ? 1 : 0;
        LossSum += loss;
    }
}
