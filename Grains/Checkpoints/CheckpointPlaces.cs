using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Checkpoints;

/// <summary>Where runs keep their checkpoints beside their folder: what the run names, held to what this silo's operator allows.</summary>
/// <param name="stores">Opens buckets.</param>
/// <param name="root">The place for runs that name none, and the only one that others may name; null for none.</param>
/// <param name="isConfined">Whether a run may name places below <paramref name="root"/> only.</param>
internal sealed class CheckpointPlaces(IObjectStores stores, ObjectStoreAddress? root, bool isConfined)
{
    private const string Key = "checkpoint.path";

    /// <summary>Settings that name the place, so that the run stays there whatever its next silo's options are.</summary>
    /// <exception cref="FaultException">MM1004: no address. MM3003: not a place that this silo may use.</exception>
    public RunSettings Settle(RunSettings settings) =>
        Find(settings.Checkpoints.Place ?? root?.ToString()) is { } place
            ? settings with
            {
                Checkpoints = settings.Checkpoints with { Place = place.ToString() },
            }
            : settings;

    /// <summary>The checkpoints of a run in its object store; null where they are in its folder only.</summary>
    /// <param name="place">As <see cref="Settle"/> left it.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="folder">The run's folder of checkpoints.</param>
    /// <exception cref="FaultException">MM1004, MM3003: as in <see cref="Settle"/>.</exception>
    public StoredCheckpoints? Of(string? place, string runId, string folder) =>
        Find(place) is { } address ? new(stores.Open(address), address, runId, folder) : null;

    private ObjectStoreAddress? Find(string? place)
    {
        if (place is null)
            return null;
        var address = ObjectStoreAddress.Parse(Key, place);
        if (!isConfined || root?.Holds(address) == true)
            return address;
        throw new FaultException(
            "MM3003",
            $"{Key} {address} is not where this silo keeps checkpoints: {(root is null ? "it keeps them in the runs' folders" : $"that is {root}")}",
            root is null
                ? "leave checkpoint.path out, or start the silos with --checkpoints s3://BUCKET/PREFIX"
                : $"leave checkpoint.path out, or name a place below {root}"
        );
    }
}
