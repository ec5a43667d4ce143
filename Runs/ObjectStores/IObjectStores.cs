namespace MMOrleans.Runs.ObjectStores;

/// <summary>Opens buckets; what kinds of store there are is the host's to say.</summary>
public interface IObjectStores
{
    /// <summary>The bucket of an address. Nothing is asked of it yet.</summary>
    IObjectStore Open(ObjectStoreAddress address);
}
