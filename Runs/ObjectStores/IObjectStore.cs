namespace MMOrleans.Runs.ObjectStores;

/// <summary>A bucket: whole objects under keys. An object is there whole or not at all.</summary>
/// <remarks>Every call throws MM5004 when the store is away, MM5005 when it denies, MM5006 when there is no such bucket.</remarks>
public interface IObjectStore
{
    /// <summary>All objects whose key begins so, in the order of their keys.</summary>
    Task<IReadOnlyList<StoredObject>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Copies an object's bytes.</summary>
    /// <returns>False where there is no such object.</returns>
    Task<bool> ReadAsync(string key, Stream into, CancellationToken cancellationToken = default);

    /// <summary>Copies a file into an object.</summary>
    /// <param name="key">Of the object.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="onlyIfAbsent">Leave an object that is there. A store that knows no conditions is asked for it first, and replaces one that comes in between.</param>
    /// <param name="cancellationToken">Gives up; nothing is there then.</param>
    /// <returns>False where one was there and was left.</returns>
    Task<bool> WriteAsync(
        string key,
        string file,
        bool onlyIfAbsent,
        CancellationToken cancellationToken = default
    );

    /// <summary>Removes an object; one that is not there is removed already.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken = default);
}
