using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>A classifier that is computed once from trained weights and training features, without a step of an optimiser.</summary>
public sealed record ComputedClassifierSpecification
{
    /// <summary><c>tau-norm</c>, <c>ncm</c> or <c>logit-adjustment</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>τ of <c>tau-norm</c> and <c>logit-adjustment</c>; null for the other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(0, double.PositiveInfinity)]
    public double? Tau { get; init; }
}
