using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Learning rate by epoch: warm-up, then a factor from each milestone on.</summary>
public sealed record ScheduleSpecification
{
    /// <summary><c>step</c>, <c>cosine</c> or <c>constant</c>; warm-up comes first in each.</summary>
    public string Kind { get; init; } = "step";

    /// <summary>Epochs of linear warm-up, 0 or more.</summary>
    [Range(0, 1_000_000)]
    public required int WarmupEpochs { get; init; }

    /// <summary>
    /// f in [0, 1]: the warm-up's rate is (1 − e/W) · f + e/W of the base rate; null for (e + 1) / W.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(0.0, 1.0)]
    public double? WarmupFactor { get; init; }

    /// <summary>Epochs, from 0 and ascending, at which the rate is multiplied by <see cref="Factor"/>.</summary>
    [Range(0, int.MaxValue), MaxLength(4096)]
    public required IReadOnlyList<int> Milestones { get; init; }

    /// <summary>In (0, 1].</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Factor { get; init; } = 0.01;

    /// <summary>What the base rate is multiplied by from each milestone on, one a milestone; null: powers of <see cref="Factor"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [MaxLength(4096)]
    public IReadOnlyList<double>? Factors { get; init; }
}
