namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>The scalars of a contribution, or of a sum of contributions.</summary>
/// <param name="Denominator">Σ w over its rows.</param>
/// <param name="Images">Rows.</param>
/// <param name="LossSum">Σ w·ℓ.</param>
/// <param name="Correct">Rows classified rightly.</param>
/// <param name="SampleSum">Wrapping sum of hash(sample, draw).</param>
[GenerateSerializer, Immutable, Alias("mm.RoundTally")]
public readonly record struct RoundTally(
    [property: Id(0)] double Denominator,
    [property: Id(1)] long Images,
    [property: Id(2)] double LossSum,
    [property: Id(3)] long Correct,
    [property: Id(4)] ulong SampleSum
)
{
    /// <summary>Member-wise sum; <see cref="SampleSum"/> wraps.</summary>
    public static RoundTally operator +(RoundTally left, RoundTally right) => left.Add(right);

    /// <summary>Member-wise sum; <see cref="SampleSum"/> wraps.</summary>
    public RoundTally Add(RoundTally other) =>
        new(
            Denominator + other.Denominator,
            Images + other.Images,
            LossSum + other.LossSum,
            Correct + other.Correct,
            unchecked(SampleSum + other.SampleSum)
        );
}
