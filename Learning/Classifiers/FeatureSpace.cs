namespace MMOrleans.Learning.Classifiers;

/// <summary>How features are seen by a nearest-class-mean classifier.</summary>
public enum FeatureSpace
{
    /// <summary><c>un</c>: as they are.</summary>
    Raw = 0,

    /// <summary><c>l2n</c>: scaled to length 1.</summary>
    Normalised = 1,

    /// <summary><c>cl2n</c>: the mean of all training features subtracted, then scaled to length 1.</summary>
    Centred = 2,
}
