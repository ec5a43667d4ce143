using MMOrleans.Learning.Classifiers;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Silo;

/// <summary>Computes a classifier from trained weights in the caller's process, without grains: there are no rounds to share.</summary>
public static class ClassifierComputation
{
    private const int BatchRows = 100;

    /// <summary>Loads the weights, computes the classifier once, and evaluates it on the training and on the test images.</summary>
    /// <param name="specification">Of the new run; its classifier is computed.</param>
    /// <param name="weightsPath">A checkpoint's folder or a model file.</param>
    /// <param name="dataPath">Folder or archive of the images; null for a set that has no files.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="calibrationBins">Bins of confidence.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="FaultException">
    /// MM9001, MM9002: this machine cannot. MM2001, MM2004, MM2006: the images. MM5001, MM5002: the weights.
    /// </exception>
    public static ComputedClassifier Compute(
        RunSpecification specification,
        string weightsPath,
        string? dataPath,
        string device,
        int calibrationBins,
        CancellationToken cancellationToken = default
    )
    {
        TorchDevices.Require(device);
        TorchThreads.Configure();
        var weights = InitialWeights.Require(WeightsFile.Read(weightsPath), specification.Model);
        var dataset = DatasetCatalogue.Open(
            specification.Dataset,
            specification.Seed,
            dataPath,
            cancellationToken
        );
        var (train, test) = (dataset.Train, dataset.Test);
        var labels = train.Labels.Select(label => (int)label).ToArray();
        var (counts, subset, _) = KeptImages.Of(specification.Imbalance, labels, train.Classes);
        using var replica = new Replica(
            specification,
            counts,
            train.Height,
            train.Width,
            TorchDevices.Open(device == "auto" ? TorchDevices.Preferred : device)
        );
        replica.Initialise(weights);
        var augmentation = new Augmentation(specification, train.Width, train.Height);
        var method = specification.Classifier!;
        var tensors =
            method.Kind == "ncm"
                ? ClassifierTensors.Of(
                    ClassMeans.Of(
                        [
                            .. Batches(train, augmentation, subset, cancellationToken)
                                .SelectMany(replica.Inference.Features),
                        ],
                        [.. subset.Select(index => labels[index])],
                        counts.Count,
                        Heads.SpaceOf(specification.Model.Head)
                            ?? throw FaultException.NoChoice(
                                "model.head",
                                specification.Model.Head,
                                "ncm-cl2n-l2"
                            )
                    )
                )
                : ClassifierTensors.Adjusted(method, weights, counts);
        var (parameters, buffers) = Put(replica, tensors);
        var shape = EvaluationShape.Of(specification, counts.Count, calibrationBins);
        return new(
            replica.Layout,
            parameters,
            buffers,
            [.. counts],
            train.ClassNames,
            dataset.ManifestHash,
            Evaluate(replica, shape, Batches(train, augmentation, subset, cancellationToken)),
            Evaluate(
                replica,
                shape,
                Batches(test, augmentation, [.. Enumerable.Range(0, test.Count)], cancellationToken)
            )
        )
        {
            Inventory = dataset.Inventory,
        };
    }

    private static (float[] Parameters, float[] Buffers) Put(
        Replica replica,
        IReadOnlyDictionary<string, float[]> tensors
    )
    {
        var layout = replica.Layout;
        var (parameters, momentum, buffers) = (
            new float[layout.ParameterLength],
            new float[layout.ParameterLength],
            new float[layout.BufferLength]
        );
        replica.CopyState<float>(parameters, momentum, buffers);
        foreach (var entry in layout.Entries.Where(entry => entry.Part == StatePart.Classifier))
            tensors[entry.Name].CopyTo(parameters, entry.Offset);
        replica.LoadState<float>(parameters, momentum, buffers);
        return (parameters, buffers);
    }

    private static Evaluation Evaluate(Replica replica, EvaluationShape shape, IEnumerable<Batch> batches)
    {
        var tally = new EvaluationTally(shape);
        foreach (var batch in batches)
            replica.Inference.Evaluate(batch, tally);
        return tally.ToEvaluation();
    }

    private static IEnumerable<Batch> Batches(
        ImageSet images,
        Augmentation augmentation,
        int[] indices,
        CancellationToken cancellationToken
    )
    {
        for (var first = 0; first < indices.Length; first += BatchRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ImageRows.Of(
                images,
                augmentation,
                indices.AsSpan(first, Math.Min(BatchRows, indices.Length - first))
            );
        }
    }
}
