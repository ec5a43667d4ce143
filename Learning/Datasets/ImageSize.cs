using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>How large a run's images are.</summary>
public static class ImageSize
{
    /// <summary>Side of a user's own images where none is chosen: what the networks of the catalogue are made for.</summary>
    public const int Usual = 32;

    /// <summary>Largest side that can be chosen.</summary>
    public const int Most = DatasetSpecification.MaxImageSize;

    /// <summary>Pixels across and down of a run's images, known without reading them.</summary>
    public static int Of(DatasetSpecification dataset) =>
        dataset.ImageSize ?? DatasetCatalogue.Find(dataset.Name).Shape?.Side ?? Usual;
}
