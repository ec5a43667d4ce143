using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Runs.Metrics;

/// <summary>What the counts of an evaluation say about a classifier.</summary>
public sealed class Evaluation
{
    private readonly long[] _confusion;

    /// <param name="classes">K.</param>
    /// <param name="confusion">K × K images by (true, predicted) class, row-major.</param>
    /// <param name="top5">Images whose class is among the five largest logits; null where only the confusion matrix is known.</param>
    /// <param name="lossSum">Σ of the method's loss, unweighted; null where only the confusion matrix is known.</param>
    public Evaluation(int classes, IReadOnlyList<long> confusion, long? top5 = null, double? lossSum = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(confusion.Count, classes * classes);
        (Classes, _confusion, Top5Count, LossSum) = (classes, [.. confusion], top5, lossSum);
        Images = _confusion.Sum();
    }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>Images evaluated.</summary>
    public long Images { get; }

    /// <summary>Images whose class is among the five largest logits; null where only the confusion matrix is known.</summary>
    public long? Top5Count { get; }

    /// <summary>Σ of the method's loss, unweighted; null where only the confusion matrix is known.</summary>
    public double? LossSum { get; }

    /// <summary>Images by (true, predicted) class, row-major.</summary>
    public IReadOnlyList<long> Confusion => _confusion;

    /// <summary>Mean of −log p of the true class; null where only the confusion matrix is known.</summary>
    public double? NegativeLogLikelihood { get; init; }

    /// <summary>By true class; none where only the confusion matrix is known.</summary>
    public IReadOnlyList<Calibration> Calibrations { get; init; } = [];

    /// <summary>By true class; none where only the confusion matrix is known.</summary>
    public IReadOnlyList<MarginHistogram> Margins { get; init; } = [];

    /// <summary>Share classified rightly, in [0, 1].</summary>
    public double Accuracy => (double)Enumerable.Range(0, Classes).Sum(c => At(c, c)) / Images;

    /// <summary>Share whose class is among the five largest logits.</summary>
    public double? Top5 => (double?)Top5Count / Images;

    /// <summary>Mean of the method's loss, unweighted.</summary>
    public double? Loss => LossSum / Images;

    /// <summary>Recall of every class; NaN for a class without images.</summary>
    public IReadOnlyList<double> PerClass =>
        field ??= [.. Enumerable.Range(0, Classes).Select(c => (double)At(c, c) / Row(c))];

    /// <summary>Every class.</summary>
    public IReadOnlyList<int> All => field ??= [.. Enumerable.Range(0, Classes)];

    /// <summary>The classes with images: those whose recall is defined, and of which every mean is taken.</summary>
    public IReadOnlyList<int> Evaluated => field ??= [.. Enumerable.Range(0, Classes).Where(c => Row(c) > 0)];

    /// <summary>Smallest recall.</summary>
    public double WorstClass => Evaluated.Min(c => PerClass[c]);

    /// <summary>Mean recall of the classes.</summary>
    public double BalancedAccuracy => Evaluated.Average(c => PerClass[c]);

    /// <summary>Mean recall of some classes; null where none of them has images.</summary>
    public double? Mean(IReadOnlyList<int> classes)
    {
        var evaluated = classes.Intersect(Evaluated).ToList();
        return evaluated.Count == 0 ? null : evaluated.Average(c => PerClass[c]);
    }

    /// <summary>Calibration of the images of some classes; null for none, and where it is not known.</summary>
    public Calibration? CalibrationOf(IReadOnlyList<int> classes) =>
        Calibrations.Count == 0 || classes.Count == 0
            ? null
            : Calibration.Sum([.. classes.Select(c => Calibrations[c])]);

    /// <summary>Margins of the images of some classes; null for none, and where they are not known.</summary>
    public MarginHistogram? MarginsOf(IReadOnlyList<int> classes) =>
        Margins.Count == 0 || classes.Count == 0
            ? null
            : MarginHistogram.Sum([.. classes.Select(c => Margins[c])]);

    /// <summary>Mean F1 over the classes.</summary>
    public double MacroF1 =>
        Evaluated.Average(c =>
        {
            var column = Enumerable.Range(0, Classes).Sum(t => At(t, c));
            return 2.0 * At(c, c) / (Row(c) + column);
        });

    /// <summary>Geometric mean of the recalls.</summary>
    public double GeometricMean => Math.Exp(Evaluated.Average(c => Math.Log(PerClass[c])));

    private long At(int truth, int predicted) => _confusion[(truth * Classes) + predicted];

    private long Row(int truth) => Enumerable.Range(0, Classes).Sum(p => At(truth, p));
}
