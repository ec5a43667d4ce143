using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>How many images of each class are kept, and which.</summary>
public sealed record ImbalanceSpecification
{
    /// <summary><c>exp</c>, <c>step</c>, <c>none</c> or <c>counts</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>ρ = largest : smallest class, 1 or more.</summary>
    [Range(1, double.PositiveInfinity)]
    public double Ratio { get; init; } = 1;

    /// <summary><c>step</c> only: share of the classes that are minor, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double StepFraction { get; init; } = 0.5;

    /// <summary><c>counts</c> only: images of every class.</summary>
    [Range(0, 100_000_000), MaxLength(4096)]
    public IReadOnlyList<int>? Counts { get; init; }

    /// <summary>Training images of each class that are taken out before anything else and that no draw of the training sees; 0 or more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Range(0, 1_000_000)]
    public int HeldOut { get; init; }

    /// <summary>Seed of the choice of images, in [0, 2³²); apart from the run's, so that methods share one subset.</summary>
    [Range(0, (double)uint.MaxValue)]
    public long Seed { get; init; }
}
