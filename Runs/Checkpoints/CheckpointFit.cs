using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Says whether a checkpoint's weights belong into the network that a specification describes.</summary>
public static class CheckpointFit
{
    /// <summary>Nothing when it fits.</summary>
    /// <param name="name">The checkpoint, for the message.</param>
    /// <param name="manifest">What it holds.</param>
    /// <param name="wanted">What is configured.</param>
    /// <param name="classes">Classes of the configured data set.</param>
    /// <exception cref="FaultException">MM5002, with the key to change.</exception>
    public static void Check(string name, CheckpointManifest manifest, RunSpecification wanted, int classes)
    {
        var model = SpecificationDocument.ReadFrom(manifest.Specification, CheckpointFiles.Manifest).Model;
        var key =
            model.Architecture != wanted.Model.Architecture ? $"model.arch={model.Architecture}"
            : model.Head != wanted.Model.Head ? $"model.head={model.Head}"
            : manifest.ClassCounts.Count != classes ? "dataset.name"
            : null;
        if (key is not null)
        {
            throw new FaultException(
                "MM5002",
                $"checkpoint {name} does not fit: it holds {model.Architecture} with a {model.Head} head and {manifest.ClassCounts.Count} classes, "
                    + $"the configuration says {wanted.Model.Architecture} with a {wanted.Model.Head} head and {classes} classes",
                key == "dataset.name"
                    ? $"choose a data set of {manifest.ClassCounts.Count} classes with dataset.name, or another checkpoint"
                    : $"--set {key}, or another checkpoint"
            );
        }
    }
}
