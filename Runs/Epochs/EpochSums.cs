using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Epochs;

/// <summary>The scalars of a contribution, of a round or of an epoch. They are added and divided once, at the end, so that metrics are as exact as parameters.</summary>
/// <param name="Denominator">Σ w over the rows.</param>
/// <param name="Images">Rows.</param>
/// <param name="LossSum">Σ w·ℓ over the rows.</param>
/// <param name="Correct">Rows classified rightly.</param>
/// <param name="SampleSum">Wrapping sum of hash(sample, draw) over the rows.</param>
public readonly record struct EpochSums(
    double Denominator,
    long Images,
    double LossSum,
    long Correct,
    ulong SampleSum
)
{
    /// <summary>Σ w·ℓ / Σ w; NaN before the first row.</summary>
    [JsonIgnore]
    public double Loss => LossSum / Denominator;

    /// <summary>Share of the rows classified rightly; NaN before the first row.</summary>
    [JsonIgnore]
    public double Accuracy => (double)Correct / Images;

    /// <summary>Member-wise sum; <see cref="SampleSum"/> wraps.</summary>
    public static EpochSums operator +(EpochSums left, EpochSums right) => left.Add(right);

    /// <summary>Member-wise sum; <see cref="SampleSum"/> wraps.</summary>
    public EpochSums Add(EpochSums other) =>
        new(
            Denominator + other.Denominator,
            Images + other.Images,
            LossSum + other.LossSum,
            Correct + other.Correct,
            unchecked(SampleSum + other.SampleSum)
        );
}
