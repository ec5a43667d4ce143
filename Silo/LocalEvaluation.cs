using MMOrleans.Learning;
using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Metrics;
using MMOrleans.Learning.Specifications;
using MMOrleans.Learning.Training;

namespace MMOrleans.Silo;

/// <summary>Evaluates a checkpoint on the test images in the caller's process, without grains.</summary>
public static class LocalEvaluation
{
    private const int BatchRows = 100;

    /// <summary>Loads the checkpoint and classifies every test image once.</summary>
    /// <param name="specification">The run that wrote the checkpoint.</param>
    /// <param name="checkpointFolder">A checkpoint's folder.</param>
    /// <param name="dataPath">Folder or archive of the images; null for a set that has no files.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="LearningFault">
    /// MM9001, MM9002: this machine cannot. MM2001, MM2004: the images. MM5001, MM5002: the checkpoint.
    /// </exception>
    public static Evaluation Evaluate(
        RunSpecification specification,
        string checkpointFolder,
        string? dataPath,
        string device,
        CancellationToken cancellationToken = default
    )
    {
        TorchDevices.Require(device);
        TorchThreads.Configure();
        var checkpoint = new CheckpointEntry(checkpointFolder);
        checkpoint.Verify();
        var test = DatasetCatalogue.Open(specification.Dataset, specification.Seed, dataPath).Test;
        CheckpointFit.Check(checkpoint.Name, checkpoint.Manifest!, specification, test.Classes);
        var kind = device == "auto" ? TorchDevices.Preferred : device;
        using var replica = new Replica(
            specification,
            checkpoint.Manifest!.ClassCounts,
            test.Height,
            test.Width,
            TorchDevices.Open(kind)
        );
        var state = checkpoint.Load(replica.Layout);
        replica.LoadState(state.Parameters.Span, state.Momentum.Span, state.Buffers.Span);
        var augmentation = new Augmentation(specification, test.Width, test.Height);
        var tally = new EvaluationTally(test.Classes);
        for (var first = 0; first < test.Count; first += BatchRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Enumerable.Range(first, Math.Min(BatchRows, test.Count - first));
            replica.Evaluate(ImageRows.Of(test, augmentation, [.. rows]), tally);
        }

        return tally.ToEvaluation();
    }
}
