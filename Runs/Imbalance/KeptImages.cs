using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Imbalance;

/// <summary>Which of a data set's training images a run trains on, and which it holds out.</summary>
/// <param name="Counts">Kept images of every class.</param>
/// <param name="Subset">Index in the data set's files of every training position.</param>
/// <param name="HeldOut">Those of the images that are held out; none where the specification holds none out.</param>
public sealed record KeptImages(ClassCounts Counts, int[] Subset, int[] HeldOut)
{
    /// <summary>A pure function of the specification and the labels.</summary>
    /// <param name="imbalance">How many of each class, and the seed.</param>
    /// <param name="labels">Class of every image in the files.</param>
    /// <param name="classes">K.</param>
    /// <exception cref="FaultException">MM2006: a class would be empty, or has fewer images than are wanted.</exception>
    public static KeptImages Of(ImbalanceSpecification imbalance, int[] labels, int classes)
    {
        var available = new int[classes];
        foreach (var label in labels)
            available[label]++;
        var counts = ImbalanceProfile.Counts(imbalance, available);
        var heldOut = HeldOutRule.Choose(labels, classes, imbalance.HeldOut, imbalance.Seed);
        return new(counts, SubsetRule.Choose(labels, counts, (uint)imbalance.Seed, heldOut), heldOut);
    }
}
