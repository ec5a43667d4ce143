using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>The checkpoints of one run: lists, finds, and removes what is no longer wanted.</summary>
/// <param name="folder">A run's <c>checkpoints</c> folder; it may be missing.</param>
public sealed class CheckpointStore(string folder)
{
    /// <summary>A folder of this age that is still being written was left by a writer that died.</summary>
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);

    /// <summary>All checkpoints by name, newest first; those whose manifest cannot be read come last. Leftovers of killed writers are not checkpoints.</summary>
    public IReadOnlyList<CheckpointEntry> List() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Where(path => CheckpointName.IsName(Path.GetFileName(path)))
                    .Select(path => new CheckpointEntry(path))
                    .OrderByDescending(entry => entry.Manifest?.Round ?? -1)
                    .ThenByDescending(entry => entry.Name, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The newest checkpoint whose every hash is right; null when there is none.</summary>
    /// <param name="damaged">Newer ones that were passed over, each with what is wrong: <see cref="CheckpointEntry.Damage"/>.</param>
    public CheckpointEntry? NewestIntact(out IReadOnlyList<CheckpointEntry> damaged)
    {
        var passedOver = new List<CheckpointEntry>();
        damaged = passedOver;
        foreach (var entry in List())
        {
            if (entry.Damage() is null)
            {
                return entry;
            }

            passedOver.Add(entry);
        }

        return null;
    }

    /// <summary>One checkpoint by name; <c>epoch-42</c> and <c>epoch-0042</c> mean the same. It may be damaged.</summary>
    /// <exception cref="FaultException">MM1007: there is none of that name; the message lists those there are.</exception>
    public CheckpointEntry Find(string name)
    {
        var path = CheckpointName.Canonical(name) is { } canonical ? Path.Combine(folder, canonical) : null;
        return path is not null && Directory.Exists(path) ? new CheckpointEntry(path) : throw Unknown(name);
    }

    /// <summary>One checkpoint by name, every hash right.</summary>
    /// <exception cref="FaultException">MM1007: there is none of that name. MM5001: it is damaged; the fix names the newest that is not.</exception>
    public CheckpointEntry FindIntact(string name)
    {
        var entry = Find(name);
        if (entry.Damage() is not { } damage)
            return entry;
        throw new FaultException(
            "MM5001",
            $"checkpoint {entry.Name} is damaged: {damage}",
            NewestIntact(out _) is { } other
                ? $"use {other.Name}, the newest that is whole: --from {other.Name}"
                : "none is whole: train the run again with the configuration that 'mm show RUN --config' prints"
        );
    }

    private FaultException Unknown(string name)
    {
        var present = List().Select(entry => entry.Name).ToList();
        return present.Count == 0
            ? new FaultException(
                "MM1007",
                $"there is no checkpoint '{name}': the run has none",
                "train at least one epoch"
            )
            : new FaultException(
                "MM1007",
                $"there is no checkpoint '{name}'; there are {string.Join(", ", present)}",
                $"write {present[0]}, the newest"
            );
    }

    /// <summary>Removes what the retention does not keep, and what killed writers left more than an hour ago.</summary>
    /// <remarks>Damaged checkpoints neither count as kept ones nor are removed, unless asked for.</remarks>
    /// <param name="retention">What stays.</param>
    /// <param name="value">A checkpoint's value for keeping the best; null when it has none.</param>
    /// <param name="clock">For the age of leftovers.</param>
    /// <param name="damagedToo">Also remove damaged checkpoints and those that were set aside.</param>
    /// <param name="dryRun">Only say what would go.</param>
    /// <returns>Names of the folders that went.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public IReadOnlyList<string> Prune(
        CheckpointRetention retention,
        Func<CheckpointManifest, double?> value,
        TimeProvider clock,
        bool damagedToo = false,
        bool dryRun = false
    )
    {
        var entries = List();
        var whole = entries.Where(entry => damagedToo ? entry.Damage() is null : entry.LooksWhole()).ToList();
        var gone = retention
            .Superfluous([
                .. whole.Select(entry => (entry.Name, entry.Manifest!.Round, value(entry.Manifest))),
            ])
            .ToList();
        if (damagedToo)
        {
            gone.AddRange(entries.Except(whole).Select(entry => entry.Name));
        }

        gone.AddRange(Leftovers(clock.GetUtcNow() - LeftoverAge, damagedToo));
        if (!dryRun)
        {
            gone.ForEach(Remove);
        }

        return gone;
    }

    private IEnumerable<string> Leftovers(DateTimeOffset before, bool setAsideToo)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var directory in new DirectoryInfo(folder).EnumerateDirectories())
        {
            var temporary = directory.Name.StartsWith(
                CheckpointFiles.TemporaryPrefix,
                StringComparison.Ordinal
            );
            var setAside = directory.Name.Contains(CheckpointFiles.SetAsideInfix, StringComparison.Ordinal);
            if ((temporary && directory.LastWriteTimeUtc < before.UtcDateTime) || (setAside && setAsideToo))
            {
                yield return directory.Name;
            }
        }
    }

    private void Remove(string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            // The manifest goes first: a removal that is cut short leaves a folder that no reader takes for a checkpoint.
            File.Delete(Path.Combine(path, CheckpointFiles.Manifest));
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else removed it.
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(path, fault);
        }
    }
}
