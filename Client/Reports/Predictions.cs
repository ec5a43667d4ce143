using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Metrics;
using Parquet;
using Parquet.Schema;

namespace MMOrleans.Client.Reports;

/// <summary><c>predictions.parquet</c>: what the network of the newest intact checkpoint says of every test image.</summary>
internal static class Predictions
{
    public const string FileName = "predictions.parquet";

    private const string StateKey = "state_sha256";

    private static readonly DataField<int> Index = new("index");
    private static readonly DataField<int> TrueClass = new("true_class");
    private static readonly DataField<int> PredictedClass = new("predicted_class");
    private static readonly DataField<double> Confidence = new("confidence");
    private static readonly DataField<double> Margin = new("margin");

    /// <summary>Makes the file, unless it is there and of the same state.</summary>
    /// <param name="invocation">Where to say what is waited for.</param>
    /// <param name="folder">The run.</param>
    /// <param name="place">The report's folder.</param>
    /// <param name="data">Where the images are; null for where they were in training.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>Why the file could not be made; null when it is there. A report has the rest all the same.</returns>
    public static async Task<string?> MakeAsync(
        Invocation invocation,
        RunFolder folder,
        string place,
        string? data,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(place, FileName);
        if (new CheckpointStore(folder.Checkpoints).NewestIntact(out _) is not { } checkpoint)
        {
            Remove(path);
            return folder.IsCopy
                ? "the checkpoints are where the cluster keeps them"
                : "the run has no intact checkpoint to classify the test images by";
        }

        if (await StateOfAsync(path) == checkpoint.Manifest!.StateSha256)
            return null;
        Remove(path); // of another state
        try
        {
            Directory.CreateDirectory(place);
            var predictions = await ClassifyAsync(invocation, folder, checkpoint, data, cancellationToken);
            await WriteAsync(path, checkpoint.Manifest, predictions);
            return null;
        }
        catch (FaultException fault)
        {
            return $"{fault.Code} {fault.Message.TrimEnd('.')}; {fault.Fix}";
        }
    }

    /// <summary>Writes the file whole.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="checkpoint">What the predictions are of.</param>
    /// <param name="predictions">In the order of the test set.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static async Task WriteAsync(
        string path,
        CheckpointManifest checkpoint,
        IReadOnlyList<TestPrediction> predictions
    )
    {
        using var file = new MemoryStream();
        var schema = new ParquetSchema(Index, TrueClass, PredictedClass, Confidence, Margin);
        await using (var writer = await ParquetWriter.CreateAsync(schema, file))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["run"] = checkpoint.Run,
                ["epoch"] = $"{checkpoint.Epoch}",
                [StateKey] = checkpoint.StateSha256,
            };
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(Index, Enumerable.Range(0, predictions.Count).ToArray());
            await group.WriteAsync<int>(TrueClass, predictions.Select(p => p.Actual).ToArray());
            await group.WriteAsync<int>(PredictedClass, predictions.Select(p => p.Predicted).ToArray());
            await group.WriteAsync<double>(Confidence, predictions.Select(p => p.Confidence).ToArray());
            await group.WriteAsync<double>(Margin, predictions.Select(p => p.Margin).ToArray());
        }

        AtomicFile.Write(path, file.ToArray());
    }

    private static void Remove(string path)
    {
        if (File.Exists(path))
            File.Delete(path);
    }

    private static async Task<string?> StateOfAsync(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path);
            return reader.CustomMetadata.GetValueOrDefault(StateKey);
        }
        catch (Exception fault) when (fault is ParquetException or IOException or InvalidDataException)
        {
            return null; // damaged: made anew
        }
    }

    private static async Task<IReadOnlyList<TestPrediction>> ClassifyAsync(
        Invocation invocation,
        RunFolder folder,
        CheckpointEntry checkpoint,
        string? data,
        CancellationToken cancellationToken
    )
    {
        var record = RunRecord.Read(folder.Record);
        var place = data ?? record.Settings?.DataPath;
        var predictions = new List<TestPrediction>();
        var classifying = Task.Run(
            () =>
                LocalConnection.Evaluate(
                    RunDocument.Specification(record),
                    checkpoint.Path,
                    place is null ? null : Path.Combine(invocation.WorkingFolder, place),
                    "auto",
                    record.SettingsOrDefaults.CalibrationBins,
                    predictions,
                    cancellationToken
                ),
            cancellationToken
        );
        await invocation.SayingAsync(classifying, $"classifying the test images by {checkpoint.Name}");
        return predictions;
    }
}
