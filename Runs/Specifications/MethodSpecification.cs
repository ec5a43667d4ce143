using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>A method as a composition: loss × class weights × sampler, and from which epoch on.</summary>
public sealed record MethodSpecification
{
    /// <summary>The published name, for people: <c>mm-drw</c>, <c>erm</c>, … Changes nothing.</summary>
    public required string Name { get; init; }

    /// <summary><c>ce</c>, <c>ldam</c>, <c>mm</c>, <c>mm-ldam</c> and the others of the loss catalogue.</summary>
    public required string Loss { get; init; }

    /// <summary>s: factor on the logits inside the loss, above 0. 1 for <c>ce</c>.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public double Scale { get; init; } = 1;

    /// <summary>δ₋ of the maximum-margin losses.</summary>
    [Range(0, double.PositiveInfinity)]
    public double DeltaMinus { get; init; }

    /// <summary>β of the maximum-margin losses: δ₊ = β · δ₋.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public double DeltaRatio { get; init; } = 1;

    /// <summary>Whose maximum-margin losses.</summary>
    public MarginVariant MmVariant { get; init; }

    /// <summary>What the maximum-margin losses take a gap of exactly 0 for.</summary>
    public TieRule MmTie { get; init; }

    /// <summary>C′: margin of the rarest class in LDAM and its hinge; the one margin of <c>uniform-margin</c> and <c>hinge</c>.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public double MaxMargin { get; init; } = 0.5;

    /// <summary>γ of the focal losses.</summary>
    [Range(0, double.PositiveInfinity)]
    public double Focusing { get; init; } = 1;

    /// <summary>How class weights enter the focal loss.</summary>
    public FocalWeighting FocalWeights { get; init; }

    /// <summary>τ of <c>logit-adjustment</c>.</summary>
    [Range(0, double.PositiveInfinity)]
    public double Tau { get; init; } = 1;

    /// <summary>Whether class weights are in force.</summary>
    public required Reweighting Reweight { get; init; }

    /// <summary>The DRW switch: first epoch, from 0, of the deferred phase. Equal to the epochs when there is none.</summary>
    [Range(0, 1_000_000)]
    public required int DeferEpoch { get; init; }

    /// <summary>How counts become class weights.</summary>
    public ClassWeighting Weights { get; init; }

    /// <summary>Base of the effective number, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta { get; init; } = 0.9999;

    /// <summary>What Σ w · ℓ of a batch is divided by.</summary>
    public LossReduction Reduction { get; init; }

    /// <summary>
    /// Order and repetition of images, by its name in the sampler catalogue; with <c>deferred-</c> before it from
    /// <see cref="DeferEpoch"/> on, and <c>uniform</c> until then.
    /// </summary>
    public string Sampler { get; init; } = "uniform";

    /// <summary>What a slot makes of its images in a step, by its name in the catalogue of objectives; null for <c>supervised</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Objective { get; init; }

    /// <summary>Where every step's second batch comes from, by its name among the companions; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Companion { get; init; }

    /// <summary>
    /// <c>differentiated</c> where the gradient of Meta-Weight-Net's virtual step runs through what the weighting net is told, as in its
    /// authors' code for imbalance; null for <c>constant</c>, the paper's.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MetaInput { get; init; }

    /// <summary>Numbers of this loss and objective alone, by their names in the catalogues; null when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [MaxLength(4096)]
    public IReadOnlyDictionary<string, double>? Parameters { get; init; }
}
