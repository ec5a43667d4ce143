using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Imbalance;

/// <summary>How many images of each class an imbalance keeps.</summary>
/// <remarks>
/// <c>exp</c>: n_c = trunc(n_max · (1/ρ)^(c/(K−1))). <c>step</c>: the first classes keep n_max, the minor share at the end trunc(n_max/ρ).
/// Class 0 is the most frequent. Source: Cao et al. 2019, arXiv:1906.07413, and its code.
/// </remarks>
public static class ImbalanceProfile
{
    /// <summary>Images to keep of every class, of those that are not held out.</summary>
    /// <param name="imbalance">The profile.</param>
    /// <param name="all">Images there are of every class.</param>
    /// <exception cref="FaultException">MM2006: a class would be empty, or more images are asked for than there are.</exception>
    public static ClassCounts Counts(ImbalanceSpecification imbalance, IReadOnlyList<int> all)
    {
        var classes = all.Count;
        for (var c = 0; c < classes; c++)
            if (imbalance.HeldOut > 0 && all[c] <= imbalance.HeldOut)
                throw new FaultException(
                    "MM2006",
                    $"class {c} has {all[c]} images, and imbalance.held_out takes {imbalance.HeldOut} of each: none would be left to train on",
                    "lower imbalance.held_out, or add images to that class"
                );
        int[] available = [.. all.Select(n => n - imbalance.HeldOut)];
        var largest = available.Max();
        var factor = 1 / imbalance.Ratio;
        var wanted = imbalance.Kind switch
        {
            "exp" => Enumerable
                .Range(0, classes)
                .Select(c => (int)(largest * Math.Pow(factor, classes == 1 ? 0 : (double)c / (classes - 1)))),
            "step" => Enumerable
                .Range(0, classes)
                .Select(c =>
                    c < classes - Minor(classes, imbalance.StepFraction) ? largest : (int)(largest * factor)
                ),
            "none" => available,
            "counts" => imbalance.Counts ?? [],
            _ => throw new ArgumentException(
                $"'{imbalance.Kind}' is not an imbalance: exp, step, none or counts."
            ),
        };
        var counts = wanted.ToArray();
        if (counts.Length != classes)
            throw new FaultException(
                "MM1005",
                $"imbalance.counts has {counts.Length} numbers, the data set has {classes} classes",
                $"give {classes} numbers, one for each class in order"
            );
        for (var c = 0; c < classes; c++)
            if (counts[c] > available[c])
                throw new FaultException(
                    "MM2006",
                    $"class {c} has {available[c]} images, the imbalance asks for {counts[c]}",
                    "lower that count, or use imbalance.kind none"
                );
        return new(counts);
    }

    private static int Minor(int classes, double fraction) =>
        (int)Math.Round(classes * fraction, MidpointRounding.AwayFromZero);
}
