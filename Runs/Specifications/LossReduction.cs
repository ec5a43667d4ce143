using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>What Σ w · ℓ of a batch is divided by.</summary>
[JsonConverter(typeof(ChoiceJson<LossReduction>))]
public enum LossReduction
{
    /// <summary>By Σ w.</summary>
    WeightedMean,

    /// <summary>By its rows.</summary>
    Mean,
}
