using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Exchange;

/// <summary>A network's tensors with all that is needed to use them: what is exported, evaluated and asked for predictions.</summary>
/// <param name="Card">What they are.</param>
/// <param name="Tensors">By name, in model order, as in PyTorch's <c>state_dict</c>: convolutions are [outputs, inputs, height, width].</param>
public sealed record StoredModel(ModelCard Card, IReadOnlyDictionary<string, NamedTensor> Tensors)
{
    private const string RunningVariance = "running_var";

    /// <summary>What lay beside the tensors in their file and was not read; see <see cref="FileTensors.LeftOut"/>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The model of a checkpoint.</summary>
    /// <param name="checkpoint">Every hash of it is compared.</param>
    /// <param name="folder">Its run's files; null where only the checkpoint is at hand, so that names and metrics are not known.</param>
    /// <param name="side">Pixels across and down of a data set's images: the catalogue of data sets knows.</param>
    /// <exception cref="FaultException">MM5001: the checkpoint is damaged.</exception>
    public static StoredModel Of(
        CheckpointEntry checkpoint,
        RunFolder? folder,
        Func<DatasetSpecification, int> side
    )
    {
        var tensors = checkpoint.ReadModel().Where(tensor => TensorNames.AreOfTheModel(tensor.Name)).ToList();
        var manifest = checkpoint.Manifest!;
        var record = folder is null ? null : RunRecord.Read(folder.Record);
        var rows = folder is null || manifest.RoundOfEpoch > 0 ? [] : MetricsCsv.Read(folder.Metrics);
        var card = CardOf(
            checkpoint.Name,
            manifest,
            record,
            rows.FirstOrDefault(r => r.Epoch == manifest.Epoch),
            side
        );
        var batches = manifest.Round * card.ReadSpecification().LocalSteps;
        return new(card, WithBatchesTracked(tensors, batches));
    }

    /// <summary>The tensors as the flat vectors of a network's state.</summary>
    /// <exception cref="FaultException">MM5002: they belong to another network.</exception>
    public (float[] Parameters, float[] Buffers) Vectors(StateLayout layout)
    {
        IReadOnlyList<NamedTensor> tensors = [.. Tensors.Values];
        if (LayoutFit.Misfit(layout.Entries, layout, tensors) is { } misfit)
        {
            throw new FaultException(
                "MM5002",
                $"the model does not fit {Card.Architecture} with a {Card.Head} head and {Card.ClassCounts.Count} classes, "
                    + $"as {ModelCard.FileName} describes it: {misfit}",
                $"put the {ModelCard.FileName} beside it that was written with it"
            );
        }

        return (
            StateTensors.Gather(tensors, layout, StateKind.Parameter, "the file"),
            StateTensors.Gather(tensors, layout, StateKind.Buffer, "the file")
        );
    }

    internal IReadOnlyDictionary<string, string> Metadata() =>
        new Dictionary<string, string>
        {
            ["format"] = "pt", // readers such as transformers want to know whose names and layout these are
            ["run"] = Card.Run,
            ["checkpoint"] = Card.Checkpoint,
            ["state_sha256"] = Card.StateSha256,
        };

    private static ModelCard CardOf(
        string checkpoint,
        CheckpointManifest manifest,
        RunRecord? record,
        EpochResult? row,
        Func<DatasetSpecification, int> sideOf
    )
    {
        var specification = SpecificationDocument.ReadFrom(manifest.Specification, CheckpointFiles.Manifest);
        var dataset = specification.Dataset;
        var settings = record?.SettingsOrDefaults ?? new() { Name = "" };
        var side = sideOf(dataset);
        return new()
        {
            Architecture = specification.Model.Architecture,
            Head = specification.Model.Head,
            Classes = record is { ClassNames.Count: > 0 }
                ? record.ClassNames
                : [.. Enumerable.Range(0, manifest.ClassCounts.Count).Select(c => $"class {c}")],
            ClassCounts = manifest.ClassCounts,
            Input = new("NCHW", 3, side, side, dataset.Mean, dataset.StandardDeviation),
            LogitScale = specification.Method.Scale,
            Metrics = MetricTable
                .OfTest.Select(metric => (metric.Name, Value: row?[metric] ?? double.NaN))
                .Where(metric => double.IsFinite(metric.Value))
                .ToDictionary(metric => metric.Name, metric => metric.Value),
            Groups = settings.Groups,
            CalibrationBins = settings.CalibrationBins,
            Run = manifest.Run,
            Checkpoint = checkpoint,
            Epoch = manifest.Epoch,
            Round = manifest.Round,
            Written = manifest.Written,
            StateSha256 = manifest.StateSha256,
            DataManifestHash = manifest.DataManifestHash,
            SpecificationSha256 = manifest.SpecificationSha256,
            Specification = manifest.Specification,
        };
    }

    // PyTorch and TorchSharp count the batches that a running average has seen; strict loading wants the number to be there.
    private static OrderedDictionary<string, NamedTensor> WithBatchesTracked(
        IReadOnlyList<NamedTensor> tensors,
        long batches
    )
    {
        var all = new OrderedDictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            all.Add(tensor.Name, tensor);
            if (tensor.Name.EndsWith(RunningVariance, StringComparison.Ordinal))
            {
                var name = tensor.Name[..^RunningVariance.Length] + TensorNames.BatchesTracked;
                all.Add(name, NamedTensor.From(name, [], [batches]));
            }
        }

        return all;
    }
}
