using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>The weights that a run begins with, by what they are and not by where they lie.</summary>
public sealed record InitialWeightsSpecification
{
    /// <summary>Hash of the named tensors: <see cref="Checkpoints.InitialWeights.Sha256"/>, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the classifier begins with the seed's values although the weights have one that fits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FreshClassifier { get; init; }
}
