using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary>What a person's word for the weights that a run begins with means: a model file, a checkpoint's folder, or a run.</summary>
internal static class WeightsPlace
{
    /// <param name="workingFolder">Relative paths are relative to it.</param>
    /// <param name="runs">Folder of all runs.</param>
    /// <param name="place">A path, RUN@CHECKPOINT, or RUN for its newest intact checkpoint.</param>
    /// <param name="say">Told what of a file is not read.</param>
    /// <returns>How a silo finds it, and the weights' hash.</returns>
    /// <exception cref="FaultException">MM1007, MM1009: no such run or checkpoint, or several. MM5001: damaged.</exception>
    public static (string Name, string Sha256) Find(
        string workingFolder,
        string runs,
        string place,
        Action<string> say
    )
    {
        var path = Path.GetFullPath(place, workingFolder);
        if (Path.Exists(path))
        {
            var weights = WeightsFile.Read(path);
            if (ModelChoice.LeftOut(weights.LeftOut) is { } words)
                say($"{place}: {words}");
            return (path, weights.Sha256);
        }

        var reference = CheckpointReference.Parse(place);
        var folder = new RunCatalogue(Path.Combine(workingFolder, runs)).Resolve(reference?.Run ?? place);
        var (checkpoint, sha256) = Of(folder, reference?.Checkpoint);
        return (checkpoint.ToString(), sha256);
    }

    /// <summary>A run's checkpoint; of a copy of a cluster's run, whose tensors stay there, as its manifest says.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="checkpoint">Such as <c>epoch-160</c>; null for the newest intact one.</param>
    /// <exception cref="FaultException">MM1007: there is none. MM5001: it is damaged.</exception>
    public static (CheckpointReference Checkpoint, string Sha256) Of(RunFolder folder, string? checkpoint)
    {
        var store = new CheckpointStore(folder.Checkpoints);
        var entry = checkpoint is not null
            ? folder.IsCopy
                ? store.Find(checkpoint)
                : store.FindIntact(checkpoint)
            : folder.IsCopy
                ? store.List().FirstOrDefault(known => known.Manifest is not null)
                : store.NewestIntact(out _);
        if (entry is null)
            throw new FaultException(
                "MM1007",
                $"{folder.RunId} has no intact checkpoint, so there are no weights to begin with",
                $"mm resume {folder.RunId} trains it on, and a checkpoint is written after every epoch"
            );
        var sha256 = entry.Manifest?.WeightsSha256;
        if (sha256 is null && folder.IsCopy)
            throw new FaultException(
                "MM5001",
                $"checkpoint {entry.Name} of {folder.RunId} does not say which weights it holds; an earlier version wrote it",
                $"mm resume {folder.RunId} --from {entry.Name} writes new ones, or begin with another run"
            );
        return (new(folder.RunId, entry.Name), sha256 ?? WeightsFile.Read(entry.Path).Sha256);
    }
}
