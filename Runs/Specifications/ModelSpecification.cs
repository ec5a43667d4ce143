using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Network and classifier.</summary>
public sealed record ModelSpecification
{
    /// <summary><c>resnet8</c> (the tiny preset's), <c>resnet20</c>, <c>resnet32</c>, <c>resnet44</c> or <c>resnet56</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>plain</c> (linear with bias), <c>normalised</c> (cosines) or another of the catalogue of heads.</summary>
    public required string Head { get; init; }

    /// <summary>Weights to begin with instead of the seed's; null for the seed's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InitialWeightsSpecification? InitFrom { get; init; }

    /// <summary>What the optimiser touches: null for all of it, <c>classifier</c>, or <c>scales</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trains { get; init; }

    /// <summary>Whether a backbone that is not trained normalises by the batch all the same, and its running statistics move.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ShiftBatchNorm { get; init; }
}
