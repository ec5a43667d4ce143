using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>Opens buckets outside of a silo, for verbs that read what one kept there.</summary>
public static class Buckets
{
    /// <summary>Those that <c>s3://</c> names. Nothing is asked, and no credentials are needed, before one is used.</summary>
    public static IObjectStores Open() => new S3ObjectStores();
}
