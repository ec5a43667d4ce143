using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">Such as <c>model.safetensors</c>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record CheckpointFile(string Name, long Bytes, string Sha256);

/// <summary>What a checkpoint holds: the content of <c>checkpoint.json</c>, written last.</summary>
public sealed record CheckpointManifest
{
    /// <summary>Format of this document.</summary>
    public string Schema { get; init; } = "mm/checkpoint/v1";

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Completed epochs.</summary>
    public required int Epoch { get; init; }

    /// <summary>The round to compute next.</summary>
    public required long Round { get; init; }

    /// <summary>Rounds of the running epoch that are done; 0 at an epoch's boundary.</summary>
    public required int RoundOfEpoch { get; init; }

    /// <summary>What the run was started or resumed from, oldest first.</summary>
    public required IReadOnlyList<string> Parents { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Written { get; init; }

    /// <summary>Who wrote it: a trainer and the term of its lease, as <c>silo-1/t0, term 7</c>; or <c>fork</c>, or <c>mm</c>.</summary>
    public required string Writer { get; init; }

    /// <summary>Hash of the state.</summary>
    public required string StateSha256 { get; init; }

    /// <summary>Hash of the model's tensors alone: <see cref="InitialWeights.Sha256"/>; null where an earlier version wrote it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WeightsSha256 { get; init; }

    /// <summary>SHA-256 of the specification's canonical text.</summary>
    public required string SpecificationSha256 { get; init; }

    /// <summary>Identity of the images.</summary>
    public required string DataManifestHash { get; init; }

    /// <summary>Training images by class.</summary>
    public required IReadOnlyList<int> ClassCounts { get; init; }

    /// <summary>The run's specification.</summary>
    public required JsonElement Specification { get; init; }

    /// <summary>The other files.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>SHA-256 of this document with these digits as zeros, so that a damaged manifest is noticed too.</summary>
    public required string Seal { get; init; }

    /// <summary>Size of all files but the manifest.</summary>
    public long Bytes() => Files.Sum(file => file.Bytes);
}
