using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Runs.Tests.Checkpoints;

/// <summary>A bucket in memory, which can be made to fail before one of its writes or deletions.</summary>
internal sealed class MemoryStore : IObjectStore
{
    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public int? WritesUntilDeath { get; set; }

    public int? DeletionsUntilDeath { get; set; }

    public Action? BeforeManifest { get; set; }

    private Dictionary<string, DateTimeOffset> Written { get; } = [];

    public Task<IReadOnlyList<StoredObject>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredObject>>([
            .. Objects
                .Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(o => new StoredObject(o.Key, o.Value.Length, Written.GetValueOrDefault(o.Key, Now))),
        ]);

    public async Task<bool> ReadAsync(string key, Stream into, CancellationToken cancellationToken)
    {
        if (!Objects.TryGetValue(key, out var bytes))
            return false;
        await into.WriteAsync(bytes, cancellationToken);
        return true;
    }

    public Task<bool> WriteAsync(
        string key,
        string file,
        bool onlyIfAbsent,
        CancellationToken cancellationToken
    )
    {
        if (WritesUntilDeath-- is 0)
            throw new FaultException("MM5004", "bucket runs did not answer s3:PutObject", "wait");
        if (key.EndsWith("checkpoint.json", StringComparison.Ordinal) && BeforeManifest is { } act)
        {
            BeforeManifest = null;
            act();
        }

        if (onlyIfAbsent && Objects.ContainsKey(key))
            return Task.FromResult(false);
        (Objects[key], Written[key]) = (File.ReadAllBytes(file), Now);
        return Task.FromResult(true);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        if (DeletionsUntilDeath-- is 0)
            throw new FaultException("MM5004", "bucket runs did not answer s3:DeleteObject", "wait");
        Objects.Remove(key);
        return Task.CompletedTask;
    }
}
