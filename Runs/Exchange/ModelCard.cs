using System.Text.Json;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Exchange;

/// <summary>What a model file does not say about itself: the content of <c>model.json</c>, which lies beside it.</summary>
/// <remarks>
/// One card serves all files of one state in a folder. Where a model of another state is exported there, the files of the one before keep
/// cards of their own, such as <c>model.pt.json</c>. A card names no machine and no time but the checkpoint's.
/// </remarks>
public sealed record ModelCard
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "model.json";

    /// <summary>The schema's name.</summary>
    public const string SchemaName = "mm/model/v1";

    /// <summary>Format of this document; within <c>v1</c> keys are only added.</summary>
    public string Schema { get; init; } = SchemaName;

    /// <summary>Such as <c>resnet32</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Such as <c>normalised</c>.</summary>
    public required string Head { get; init; }

    /// <summary>Name of every class, in the order of the logits.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Training images of every class.</summary>
    public required IReadOnlyList<int> ClassCounts { get; init; }

    /// <summary>What the network takes.</summary>
    public required ModelInput Input { get; init; }

    /// <summary>Factor of the logits before a softmax makes probabilities of them: s of the loss that trained them.</summary>
    public required double LogitScale { get; init; }

    /// <summary>The checkpoint's numbers on the test images, by their names in <c>metrics.csv</c>; none where it was not evaluated.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>How the classes are grouped for the metrics, as <c>output.groups</c>.</summary>
    public required string Groups { get; init; }

    /// <summary>Bins of confidence for the calibration error, as <c>eval.calibration_bins</c>.</summary>
    public int CalibrationBins { get; init; } = Calibration.UsualBins;

    /// <summary>The run that trained it.</summary>
    public required string Run { get; init; }

    /// <summary>Its checkpoint.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Completed epochs.</summary>
    public required int Epoch { get; init; }

    /// <summary>Completed rounds.</summary>
    public required long Round { get; init; }

    /// <summary>When the checkpoint was written, UTC.</summary>
    public required DateTimeOffset Written { get; init; }

    /// <summary>Hash of the checkpoint's whole state, momentum among it: the run's <c>state_sha256</c>.</summary>
    public required string StateSha256 { get; init; }

    /// <summary>Identity of the images.</summary>
    public required string DataManifestHash { get; init; }

    /// <summary>SHA-256 of the specification's canonical text.</summary>
    public required string SpecificationSha256 { get; init; }

    /// <summary>The run's specification.</summary>
    public required JsonElement Specification { get; init; }

    /// <summary>The files in this folder that hold the model.</summary>
    public IReadOnlyList<ModelCardFile> Files { get; init; } = [];

    /// <summary>Reads the specification.</summary>
    /// <exception cref="FaultException">MM5001: it is none.</exception>
    public RunSpecification ReadSpecification() => SpecificationDocument.ReadFrom(Specification, FileName);

    /// <summary>Reads a card.</summary>
    /// <returns>The card; null when there is none.</returns>
    /// <exception cref="FaultException">MM5001: the file is not a card.</exception>
    public static ModelCard? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return
                JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelCardJson.Default.ModelCard)
                    is { Schema: SchemaName } card
                ? card
                : throw new JsonException($"its schema is not {SchemaName}");
        }
        catch (Exception fault) when (fault is JsonException || StorageFault.Is(fault))
        {
            throw new FaultException(
                "MM5001",
                $"{path} is not a model's card: {fault.Message.TrimEnd('.')}",
                "export the model again: mm export RUN --format FORMAT",
                fault
            );
        }
    }

    /// <summary>The document's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelCardJson.Default.ModelCard);
}

/// <summary>What a network takes: (pixel / 255 − mean) / standard deviation in each channel.</summary>
/// <param name="Layout"><c>NCHW</c>: rows, channels, height, width.</param>
/// <param name="Channels">Red, green, blue.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Mean">Of each channel.</param>
/// <param name="StandardDeviation">Of each channel.</param>
public sealed record ModelInput(
    string Layout,
    int Channels,
    int Height,
    int Width,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> StandardDeviation
);

/// <summary>One file of a model.</summary>
/// <param name="Name">In the card's folder.</param>
/// <param name="Format">Name of its <see cref="ModelFormat"/>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ModelCardFile(string Name, string Format, long Bytes, string Sha256);
