using MMOrleans.Runs.Faults;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>The checkpoints of one run in an object store, and their way to the run's folder and back.</summary>
/// <remarks>
/// The manifest is written last: without it the other objects are not a checkpoint. Their keys hold their SHA-256, so that two writers who
/// disagree never replace each other's content.
/// </remarks>
/// <param name="store">The bucket.</param>
/// <param name="place">The place of all runs.</param>
/// <param name="runId">The run's id.</param>
/// <param name="folder">The run's <c>checkpoints</c> folder.</param>
public sealed class StoredCheckpoints(
    IObjectStore store,
    ObjectStoreAddress place,
    string runId,
    string folder
)
{
    /// <summary>Content of this age that no manifest names was left by a writer that died.</summary>
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);

    private readonly string _prefix = place.KeyOf(runId) + "/";

    /// <summary>Whether the store answers for this run, before anything is trained for it.</summary>
    /// <exception cref="FaultException">MM5004, MM5005, MM5006: the store refuses.</exception>
    public Task CheckAsync(CancellationToken cancellationToken = default) =>
        store.ListAsync(_prefix, cancellationToken);

    /// <summary>Makes a whole checkpoint of the run's folder durable in the store.</summary>
    /// <remarks>Repeating the call is safe: the same state is one checkpoint.</remarks>
    /// <exception cref="FaultException">
    /// MM4004: the store has an intact one of that name with another state. MM5004, MM5005, MM5006: the store refuses.
    /// </exception>
    public async Task PublishAsync(string name, CancellationToken cancellationToken = default)
    {
        var entry = new CheckpointEntry(Path.Combine(folder, name));
        entry.Verify();
        var mine = entry.Manifest!;
        var objects = await store.ListAsync($"{_prefix}{name}/", cancellationToken);
        var present = await PresentAsync(name, objects, cancellationToken);
        RequireSame(name, present, mine);
        foreach (var file in mine.Files)
        {
            var key = KeyOf(name, file);
            if (!objects.Any(o => o.Key == key && o.Bytes == file.Bytes))
                await store.WriteAsync(
                    key,
                    Path.Combine(entry.Path, file.Name),
                    onlyIfAbsent: false,
                    cancellationToken
                );
        }

        if (present is not null)
            return;
        var manifest = Path.Combine(entry.Path, CheckpointFiles.Manifest);
        var isDamagedOneThere = objects.Any(o => o.Key == ManifestKey(name));
        if (await store.WriteAsync(ManifestKey(name), manifest, !isDamagedOneThere, cancellationToken))
            return;
        // Somebody else wrote its manifest meanwhile.
        objects = await store.ListAsync($"{_prefix}{name}/", cancellationToken);
        if (await PresentAsync(name, objects, cancellationToken) is { } other)
            RequireSame(name, other, mine);
        else
            await store.WriteAsync(ManifestKey(name), manifest, onlyIfAbsent: false, cancellationToken);
    }

    /// <summary>Brings the newest intact checkpoint of the store into the run's folder, unless that has one at least as new.</summary>
    /// <returns>Newer ones that were passed over: name and what is wrong.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses. MM5004, MM5005, MM5006: the store refuses.</exception>
    public async Task<IReadOnlyList<(string Name, string Damage)>> FetchNewestAsync(
        CancellationToken cancellationToken = default
    )
    {
        List<(string, string)> damaged = [];
        var local = new CheckpointStore(folder).NewestIntact(out _)?.Manifest!.Round ?? -1;
        var objects = await store.ListAsync(_prefix, cancellationToken);
        List<(string Name, long Round)> there = [];
        foreach (var name in NamesOf(objects))
            if (await PresentAsync(name, objects, cancellationToken) is { } manifest)
                there.Add((name, manifest.Round));
            else
                damaged.Add(
                    (name, $"{CheckpointFiles.Manifest} in {place} is damaged, or a file is missing")
                );
        foreach (var (name, _) in there.Where(c => c.Round > local).OrderByDescending(c => c.Round))
        {
            if (await BringAsync(name, cancellationToken) is not { } damage)
                break;
            damaged.Add((name, damage));
        }

        return damaged;
    }

    /// <summary>Brings one checkpoint into the run's folder, unless it is there and intact; nothing where the store has none of that name.</summary>
    /// <exception cref="FaultException">
    /// MM5001: the store's is damaged. MM5003: the disk refuses. MM5004, MM5005, MM5006: the store refuses.
    /// </exception>
    public async Task FetchAsync(string name, CancellationToken cancellationToken = default)
    {
        if (CheckpointName.Canonical(name) is not { } canonical)
            return;
        var local = new CheckpointEntry(Path.Combine(folder, canonical));
        if (Directory.Exists(local.Path) && local.Damage() is null)
            return;
        var objects = await store.ListAsync($"{_prefix}{canonical}/", cancellationToken);
        if (NamesOf(objects).Count == 0)
            return;
        if (await BringAsync(canonical, cancellationToken) is { } damage)
            throw new FaultException(
                "MM5001",
                $"checkpoint {canonical} in {place} is damaged: {damage}",
                "resume without --from: the newest that is whole is taken"
            );
    }

    /// <summary>Removes what the retention does not keep, and what killed writers left more than an hour ago.</summary>
    /// <remarks>Only whole ones count as kept. The manifest goes first, so that a removal that is cut short leaves no half a checkpoint.</remarks>
    /// <returns>Names that went.</returns>
    /// <exception cref="FaultException">MM5004, MM5005, MM5006: the store refuses.</exception>
    public async Task<IReadOnlyList<string>> PruneAsync(
        CheckpointRetention retention,
        Func<CheckpointManifest, double?> value,
        TimeProvider clock,
        CancellationToken cancellationToken = default
    )
    {
        var objects = await store.ListAsync(_prefix, cancellationToken);
        Dictionary<string, CheckpointManifest> whole = [];
        foreach (var name in NamesOf(objects))
            if (await PresentAsync(name, objects, cancellationToken) is { } manifest)
                whole[name] = manifest;
        // A damaged checkpoint stays, to be looked at; a newer one takes its place.
        var damaged = NamesOf(objects).Except(whole.Keys).ToList();
        var gone = retention.Superfluous([.. whole.Select(c => (c.Key, c.Value.Round, value(c.Value)))]);
        foreach (var name in gone)
        {
            await store.DeleteAsync(ManifestKey(name), cancellationToken);
            whole.Remove(name);
        }

        var named = whole
            .SelectMany(c => c.Value.Files.Select(file => KeyOf(c.Key, file)).Append(ManifestKey(c.Key)))
            .ToHashSet();
        var before = clock.GetUtcNow() - LeftoverAge;
        foreach (var item in objects.Where(o => !named.Contains(o.Key)))
        {
            var isOfGone = gone.Any(name => IsOf(name, item));
            var isLeftover = item.Written < before && !damaged.Any(name => IsOf(name, item));
            if (isOfGone || isLeftover)
                await store.DeleteAsync(item.Key, cancellationToken);
        }

        return gone;
    }

    private bool IsOf(string name, StoredObject item) =>
        item.Key.StartsWith($"{_prefix}{name}/", StringComparison.Ordinal);

    private string ManifestKey(string name) => $"{_prefix}{name}/{CheckpointFiles.Manifest}";

    private string KeyOf(string name, CheckpointFile file) => $"{_prefix}{name}/{file.Sha256}-{file.Name}";

    private List<string> NamesOf(IReadOnlyList<StoredObject> objects) =>
        [
            .. objects
                .Select(o => o.Key[_prefix.Length..].Split('/'))
                .Where(parts => parts is [var name, CheckpointFiles.Manifest] && CheckpointName.IsName(name))
                .Select(parts => parts[0]),
        ];

    /// <summary>The manifest, if it is sound and every object it names has its size.</summary>
    private async Task<CheckpointManifest?> PresentAsync(
        string name,
        IReadOnlyList<StoredObject> objects,
        CancellationToken cancellationToken
    )
    {
        if (objects.All(o => o.Key != ManifestKey(name)))
            return null;
        using var text = new MemoryStream();
        if (!await store.ReadAsync(ManifestKey(name), text, cancellationToken))
            return null;
        var manifest = ManifestSeal.Read(text.ToArray());
        return
            manifest?.Files.All(f => objects.Any(o => o.Key == KeyOf(name, f) && o.Bytes == f.Bytes)) == true
            ? manifest
            : null;
    }

    private async Task CopyAsync(string key, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await store.ReadAsync(key, file, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <returns>What is wrong with it; null when it lies in the folder and every hash is right.</returns>
    private async Task<string?> BringAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        // Several trainers of a machine may fetch at once.
        var temporary = Path.Combine(folder, $"{CheckpointFiles.TemporaryPrefix}{name}-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(temporary);
            await CopyAsync(
                ManifestKey(name),
                Path.Combine(temporary, CheckpointFiles.Manifest),
                cancellationToken
            );
            var entry = new CheckpointEntry(temporary);
            foreach (var file in entry.Manifest?.Files ?? [])
                await CopyAsync(KeyOf(name, file), Path.Combine(temporary, file.Name), cancellationToken);
            if (entry.Damage() is { } damage)
                return damage;
            _ = CheckpointWriter.Move(temporary, path, out _);
            return null;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(path, fault);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private void RequireSame(string name, CheckpointManifest? present, CheckpointManifest mine)
    {
        if (present is not null && present.StateSha256 != mine.StateSha256)
            throw CheckpointWriter.Disagrees($"{place}/{runId}/{name}", present, mine);
    }
}
