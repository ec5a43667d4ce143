using System.Numerics;

namespace MMOrleans.Learning.Classifiers;

/// <summary>τ-normalisation: a trained classifier's weights with their lengths evened out.</summary>
/// <remarks>
/// w_c / |w_c|^τ, the bias dropped: τ = 0 keeps the weights, 1 makes them one length. Frequent classes have long weights. Kang et al., ICLR
/// 2020, §4.2.
/// </remarks>
public static class TauNormalisation
{
    /// <summary>The new weights.</summary>
    /// <typeparam name="T">Of the numbers; lengths are computed in double precision.</typeparam>
    /// <param name="weights">[classes, features]: a row a class.</param>
    /// <param name="features">Numbers of a row.</param>
    /// <param name="tau">τ, 0 or more.</param>
    public static T[] Of<T>(ReadOnlySpan<T> weights, int features, double tau)
        where T : INumberBase<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tau);
        var result = new T[weights.Length];
        for (var row = 0; row < weights.Length; row += features)
        {
            var squares = 0.0;
            foreach (var weight in weights.Slice(row, features))
                squares += double.CreateChecked(weight) * double.CreateChecked(weight);
            var divisor = Math.Pow(Math.Sqrt(squares), tau);
            for (var i = row; i < row + features; i++)
                // A class without weights stays without.
                result[i] =
                    divisor > 0 ? T.CreateChecked(double.CreateChecked(weights[i]) / divisor) : weights[i];
        }

        return result;
    }
}
