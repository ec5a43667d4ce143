namespace MMOrleans.Learning.Training;

/// <summary>The numbers that ride along with a contribution, so that metrics are as exact as parameters.</summary>
/// <param name="Denominator">Σ w over the rows.</param>
/// <param name="Images">Rows.</param>
/// <param name="LossSum">Σ w · ℓ over the rows: divided by <paramref name="Denominator"/> it is the loss.</param>
/// <param name="Correct">Rows whose largest logit is the true class's.</param>
/// <param name="SampleSum">Wrapping sum of hash(sample, draw) over the rows.</param>
public readonly record struct Tally(
    double Denominator,
    long Images,
    double LossSum,
    long Correct,
    ulong SampleSum
)
{
    /// <summary>Both together.</summary>
    public static Tally operator +(Tally left, Tally right) =>
        new(
            left.Denominator + right.Denominator,
            left.Images + right.Images,
            left.LossSum + right.LossSum,
            left.Correct + right.Correct,
            unchecked(left.SampleSum + right.SampleSum)
        );

    /// <inheritdoc cref="op_Addition"/>
    public static Tally Add(Tally left, Tally right) => left + right;
}
