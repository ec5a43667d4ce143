namespace MMOrleans.Runs.Checkpoints;

/// <summary>What the names of a state's tensors say where no layout is at hand.</summary>
public static class TensorNames
{
    /// <summary>How the name of the buffer ends that counts a batch normalisation's training batches.</summary>
    public const string BatchesTracked = "num_batches_tracked";

    /// <summary>How names begin of tensors that are not part of the model: pre-training's head, what objectives carry.</summary>
    private static readonly string[] BesideTheModel = ["rotation.", "sampler.", "weighting."];

    /// <summary>Whether a tensor is a part of the model, and not only of its training.</summary>
    public static bool AreOfTheModel(string name) =>
        !BesideTheModel.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
