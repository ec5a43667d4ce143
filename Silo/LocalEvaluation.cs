using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Silo;

/// <summary>Evaluates checkpoints and models on the test images in the caller's process, without grains.</summary>
public static class LocalEvaluation
{
    private const int BatchRows = 100;

    /// <summary>Loads the checkpoint and classifies every test image once.</summary>
    /// <param name="specification">The run that wrote the checkpoint.</param>
    /// <param name="checkpointFolder">A checkpoint's folder.</param>
    /// <param name="dataPath">Folder or archive of the images; null for a set that has no files.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="calibrationBins">Bins of confidence; null for the usual.</param>
    /// <param name="predictions">Takes what is said of each image, in the order of the test set; null for none.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="FaultException">
    /// MM9001, MM9002: this machine cannot. MM2001, MM2004: the images. MM5001, MM5002: the checkpoint.
    /// </exception>
    public static Evaluation Evaluate(
        RunSpecification specification,
        string checkpointFolder,
        string? dataPath,
        string device,
        int? calibrationBins = null,
        ICollection<TestPrediction>? predictions = null,
        CancellationToken cancellationToken = default
    )
    {
        var place = LocalDevice.Prepare(device);
        var checkpoint = new CheckpointEntry(checkpointFolder);
        checkpoint.Verify();
        var test = DatasetCatalogue
            .Open(specification.Dataset, specification.Seed, dataPath, cancellationToken)
            .Test;
        CheckpointFit.Check(checkpoint.Name, checkpoint.Manifest!, specification, test.Classes);
        using var replica = new Replica(
            specification,
            checkpoint.Manifest!.ClassCounts,
            test.Height,
            test.Width,
            place
        );
        var state = checkpoint.Load(replica.Layout);
        replica.LoadState(state.Parameters.Span, state.Momentum.Span, state.Buffers.Span);
        return Evaluate(replica, specification, test, calibrationBins, predictions, cancellationToken);
    }

    /// <summary>Classifies every test image once by a model, of whatever file it was read.</summary>
    /// <exception cref="FaultException">
    /// MM9001, MM9002: this machine cannot. MM2001, MM2004: the images. MM5002: the model does not fit its card, or the images.
    /// </exception>
    /// <inheritdoc cref="Evaluate(RunSpecification, string, string?, string, int?, ICollection{TestPrediction}?, CancellationToken)"/>
    public static Evaluation Evaluate(
        StoredModel model,
        string? dataPath,
        string device,
        CancellationToken cancellationToken = default
    )
    {
        var place = LocalDevice.Prepare(device);
        var specification = model.Card.ReadSpecification();
        var test = DatasetCatalogue
            .Open(specification.Dataset, specification.Seed, dataPath, cancellationToken)
            .Test;
        if (test.Classes != model.Card.ClassCounts.Count)
        {
            throw new FaultException(
                "MM5002",
                $"the model tells {model.Card.ClassCounts.Count} classes apart, the images are of {test.Classes}",
                "name the folder of the images that it was trained for with --data-dir"
            );
        }

        using var replica = LocalDevice.Load(model, place);
        return Evaluate(replica, specification, test, model.Card.CalibrationBins, null, cancellationToken);
    }

    private static Evaluation Evaluate(
        Replica replica,
        RunSpecification specification,
        ImageSet test,
        int? calibrationBins,
        ICollection<TestPrediction>? predictions,
        CancellationToken cancellationToken
    )
    {
        var augmentation = new Augmentation(specification, test.Width, test.Height);
        var tally = new EvaluationTally(
            EvaluationShape.Of(specification, test.Classes, calibrationBins ?? Calibration.UsualBins)
        )
        {
            Predictions = predictions,
        };
        for (var first = 0; first < test.Count; first += BatchRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Enumerable.Range(first, Math.Min(BatchRows, test.Count - first));
            replica.Inference.Evaluate(ImageRows.Of(test, augmentation, [.. rows]), tally);
        }

        return tally.ToEvaluation();
    }
}
