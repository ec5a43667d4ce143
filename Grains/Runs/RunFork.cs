using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>A checkpoint of another run that a new one begins at.</summary>
/// <param name="Name">As <c>RUN@CHECKPOINT</c>.</param>
/// <param name="Checkpoint">Intact, at the end of an epoch.</param>
/// <param name="Epochs">What the other run recorded.</param>
internal sealed record RunFork(string Name, CheckpointEntry Checkpoint, IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>Of the checkpoint.</summary>
    public CheckpointManifest Manifest => Checkpoint.Manifest!;

    /// <summary>Finds it and makes sure that the new run would have come to that very state by itself.</summary>
    /// <param name="name">As <c>RUN@CHECKPOINT</c>.</param>
    /// <param name="specification">Of the new run.</param>
    /// <param name="manifestHash">Of the new run's images.</param>
    /// <param name="books">Where runs are.</param>
    /// <exception cref="FaultException">
    /// MM1005: the new run's past would have been another one. MM1007: no such run or checkpoint. MM2002: other images. MM5001: damaged.
    /// </exception>
    public static RunFork Find(
        string name,
        RunSpecification specification,
        string manifestHash,
        RunDirectoryFactory books
    )
    {
        var (parent, checkpoint) =
            CheckpointReference.Parse(name)
            ?? throw new FaultException(
                "MM1004",
                $"'{name}' names no checkpoint to fork from",
                "write RUN@CHECKPOINT, such as r-7f3k9q@epoch-160"
            );
        using var book = books.Open(parent);
        if (book.Read() is null)
            throw new FaultException(
                "MM1007",
                $"there is no run {parent} to fork from",
                "mm runs lists them"
            );
        var entry = book.Checkpoints.FindIntact(checkpoint);
        var manifest = entry.Manifest!;
        if (manifest.RoundOfEpoch != 0)
            throw new FaultException(
                "MM1005",
                $"{name} lies inside epoch {manifest.Epoch + 1}: a run can fork between two epochs only",
                $"choose one of the checkpoints named epoch-… that 'mm checkpoints list {parent}' shows"
            );
        var past = SpecificationDocument.ReadFrom(manifest.Specification, $"checkpoint.json of {name}");
        if (manifest.Epoch >= specification.TotalEpochs)
            throw new FaultException(
                "MM1005",
                $"{name} is {manifest.Epoch} epochs old and the new run has {specification.TotalEpochs}: nothing would be left to train",
                "choose an earlier checkpoint, or more epochs"
            );
        if (CommonPast.Difference(past, specification, manifest.Epoch) is { } difference)
            throw new FaultException(
                "MM1005",
                $"the first {manifest.Epoch} epochs of the new run are not those of {parent}: {difference}. Its result would depend on more than its specification",
                "fork where the two runs are still the same, or train from the first round: leave --fork-from out"
            );
        // After the settings: another seed or data set is the better word for why the images differ.
        if (manifest.DataManifestHash != manifestHash)
            throw new FaultException(
                "MM2002",
                $"{name} was trained on images with manifest {manifest.DataManifestHash[..12]}, these have {manifestHash[..12]}",
                "point --data-dir at the images that the run began with"
            );
        return new(name, entry, book.Epochs());
    }
}
