using MMOrleans.Runs.Metrics;

namespace MMOrleans.Learning.Training;

/// <summary>What an evaluation counts: exact under any sharing of the test images, because it only adds whole numbers and losses.</summary>
/// <remarks>
/// As a vector of float64 it travels and is summed along the averaging tree; whole numbers are exact there up to 2⁵³. Confidences are
/// counted in units of 2⁻³⁰ and log-likelihoods in units of 2⁻²⁴, so they are whole numbers too: exact for 8 million images, and the same
/// in whatever order they are added. Only the loss is a sum of fractions, and depends on how the images are cut into slots.
/// </remarks>
public sealed class EvaluationTally
{
    private const double ConfidenceUnits = 1L << 30;
    private const double LikelihoodUnits = 1L << 24;

    private readonly EvaluationShape _shape;
    private readonly long[] _whole; // every element of the vector form but the last, the loss
    private readonly int _margins;
    private readonly int _binImages;
    private readonly int _binCorrect;
    private readonly int _binConfidence;

    /// <param name="shape">What it counts in.</param>
    public EvaluationTally(EvaluationShape shape)
    {
        (_shape, _whole) = (shape, new long[shape.VectorLength - 1]);
        _margins = shape.Classes * shape.Classes;
        _binImages = _margins + (shape.Classes * MarginHistogram.Length);
        _binCorrect = _binImages + (shape.Classes * shape.CalibrationBins);
        _binConfidence = _binCorrect + (shape.Classes * shape.CalibrationBins);
    }

    /// <summary>K.</summary>
    public int Classes => _shape.Classes;

    /// <summary>Images counted.</summary>
    public long Images => _whole[^3];

    /// <summary>Images whose true class is among the five largest logits; of equal logits the lower class is the larger.</summary>
    public long TopFive => _whole[^2];

    /// <summary>Σ ℓ of the method's loss, unweighted.</summary>
    public double LossSum { get; private set; }

    /// <summary>Images of class <paramref name="actual"/> that were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _whole[(actual * Classes) + predicted];

    /// <summary>Keeps what is said of each image too, in the order of counting; null to count only.</summary>
    public ICollection<TestPrediction>? Predictions { get; init; }

    /// <summary>What the counts say about the network.</summary>
    public Evaluation ToEvaluation() =>
        new(Classes, _whole[.._margins], TopFive, LossSum)
        {
            NegativeLogLikelihood = Images == 0 ? null : _whole[^1] / LikelihoodUnits / Images,
            Calibrations =
            [
                .. Enumerable
                    .Range(0, Classes)
                    .Select(c => new Calibration(
                        OfClass(_binImages, _shape.CalibrationBins, c),
                        OfClass(_binCorrect, _shape.CalibrationBins, c),
                        [
                            .. OfClass(_binConfidence, _shape.CalibrationBins, c)
                                .Select(units => units / ConfidenceUnits),
                        ]
                    )),
            ],
            Margins =
            [
                .. Enumerable
                    .Range(0, Classes)
                    .Select(c => new MarginHistogram(
                        _shape.MarginRange,
                        OfClass(_margins, MarginHistogram.Length, c)
                    )),
            ],
        };

    /// <summary>
    /// Writes the vector form: the confusion matrix row by row; by class the margins, the bins' images, right answers and confidences;
    /// images, top five, log-likelihood, loss.
    /// </summary>
    /// <param name="vector">[<see cref="EvaluationShape.VectorLength"/>].</param>
    public void CopyTo(Span<double> vector)
    {
        for (var i = 0; i < _whole.Length; i++)
            vector[i] = _whole[i];
        vector[^1] = LossSum;
    }

    /// <summary>Reads the vector form, or a sum of several.</summary>
    public static EvaluationTally From(EvaluationShape shape, ReadOnlySpan<double> vector)
    {
        if (vector.Length != shape.VectorLength)
        {
            throw new ArgumentException(
                $"{vector.Length} numbers are not a tally over {shape.Classes} classes and {shape.CalibrationBins} bins of confidence; {shape.VectorLength} are.",
                nameof(vector)
            );
        }

        var tally = new EvaluationTally(shape) { LossSum = vector[^1] };
        for (var i = 0; i < tally._whole.Length; i++)
            tally._whole[i] = (long)vector[i];
        return tally;
    }

    /// <summary>Counts one image.</summary>
    /// <param name="actual">Its true class.</param>
    /// <param name="logits">[classes], before any scale or margin.</param>
    /// <param name="loss">ℓ.</param>
    public void Add(int actual, ReadOnlySpan<double> logits, double loss)
    {
        var predicted = Ranking.Largest(logits);
        // softmax(s · z) with its largest exponent taken out: nothing overflows, and the largest probability is 1 / Σ.
        var sum = 0.0;
        var other = double.NegativeInfinity;
        for (var c = 0; c < logits.Length; c++)
        {
            sum += Math.Exp(_shape.LogitScale * (logits[c] - logits[predicted]));
            if (c != actual && logits[c] > other)
                other = logits[c];
        }

        var confidence = 1 / sum;
        var margin = logits[actual] - other;
        var likelihood = Math.Log(sum) + (_shape.LogitScale * (logits[predicted] - logits[actual]));
        var bin = (actual * _shape.CalibrationBins) + Calibration.BinOf(_shape.CalibrationBins, confidence);

        _whole[(actual * Classes) + predicted]++;
        _whole[
            _margins + (actual * MarginHistogram.Length) + MarginHistogram.PlaceOf(_shape.MarginRange, margin)
        ]++;
        _whole[_binImages + bin]++;
        _whole[_binCorrect + bin] += predicted == actual ? 1 : 0;
        _whole[_binConfidence + bin] += (long)Math.Round(confidence * ConfidenceUnits);
        _whole[^3]++;
        _whole[^2] += Ranking.RankOf(logits, actual) < 5 ? 1 : 0;
        _whole[^1] += (long)Math.Round(likelihood * LikelihoodUnits);
        LossSum += loss;
        Predictions?.Add(new(actual, predicted, confidence, margin));
    }

    private long[] OfClass(int section, int length, int c) =>
        _whole[(section + (c * length))..(section + ((c + 1) * length))];
}
