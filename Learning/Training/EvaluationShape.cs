using MMOrleans.Learning.Losses;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training;

/// <summary>What an evaluation counts in: the same for all who share one, because their vectors are added up.</summary>
/// <param name="Classes">K.</param>
/// <param name="CalibrationBins">Bins of confidence over [0, 1], 1 or more.</param>
/// <param name="LogitScale">s: probabilities are softmax(s · z), above 0.</param>
/// <param name="MarginRange">R: margins are told apart over [−R, R), above 0.</param>
public sealed record EvaluationShape(
    int Classes,
    int CalibrationBins = Calibration.UsualBins,
    double LogitScale = 1,
    double MarginRange = EvaluationShape.PlainRange
)
{
    /// <summary>R of cosines, whose margins cannot go beyond it.</summary>
    public const double CosineRange = 2;

    /// <summary>R of logits without bounds: a softmax tells no more than e⁻²⁰ apart beyond it.</summary>
    public const double PlainRange = 20;

    /// <summary>Elements of a tally's vector form.</summary>
    public int VectorLength => (Classes * (Classes + MarginHistogram.Length + 3 * CalibrationBins)) + 4;

    /// <summary>The one of a run.</summary>
    /// <param name="specification">Its loss says s, its head R.</param>
    /// <param name="classes">K.</param>
    /// <param name="calibrationBins">Bins of confidence.</param>
    public static EvaluationShape Of(RunSpecification specification, int classes, int calibrationBins) =>
        new(
            classes,
            calibrationBins,
            // The probabilities that training saw: those of the loss, which takes s · z, or z.
            LossCatalogue.Find(specification.Method.Loss)?.IsChangedBy("scale") == true
                ? specification.Method.Scale
                : 1,
            specification.Model.Head == "normalised" ? CosineRange : PlainRange
        );
}
