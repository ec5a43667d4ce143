using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Everything that determines a run's numbers, with nothing left open: no <c>auto</c>, no preset name.</summary>
/// <remarks>
/// A run's result is a function of this document alone. Whatever may differ between two machines that must agree (trainers, folders,
/// telemetry, checkpoint intervals) is not in it. Travels and rests as the canonical JSON of <see cref="SpecificationDocument"/>.
/// </remarks>
public sealed record RunSpecification
{
    /// <summary>Format of this document; 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The one seed that initialisation, order and augmentation derive from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Bitwise reproducible kernels and one build fingerprint for all trainers.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Passes over the training set with the method, 1 or more; those of <see cref="Pretraining"/> come before them.</summary>
    [Range(1, 100_000)]
    public required int Epochs { get; init; }

    /// <summary>Images of one optimiser step over all slots, 1 or more.</summary>
    [Range(1, 1_000_000)]
    public required int BatchSize { get; init; }

    /// <summary>Leave out an epoch's last draws where they fill no batch; an epoch of less than one batch keeps it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DropLast { get; init; }

    /// <summary>V: logical replicas, 1 to 1024. Part of the result.</summary>
    [Range(1, 1024)]
    public int Slots { get; init; } = 4;

    /// <summary>H: optimiser steps between two averagings, 1 or more. Part of the result.</summary>
    [Range(1, 100_000)]
    public int LocalSteps { get; init; } = 1;

    /// <summary>Which images.</summary>
    public required DatasetSpecification Dataset { get; init; }

    /// <summary>How many of each class are kept.</summary>
    public required ImbalanceSpecification Imbalance { get; init; }

    /// <summary>Loss, class weights and sampler.</summary>
    public required MethodSpecification Method { get; init; }

    /// <summary>Network and classifier.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>Optimiser.</summary>
    public required OptimiserSpecification Optimiser { get; init; }

    /// <summary>Learning rate by epoch.</summary>
    public required ScheduleSpecification Schedule { get; init; }

    /// <summary>Evaluate after every this many epochs, and after the last; 1 or more.</summary>
    [Range(1, 1_000_000_000)]
    public int EvaluateEvery { get; init; } = 1;

    /// <summary>A first stage; null for none, and then no part of the document.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PretrainingSpecification? Pretraining { get; init; }

    /// <summary>How the classifier is computed where it is not trained; null, and no part of the document, where it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComputedClassifierSpecification? Classifier { get; init; }

    /// <summary>Passes over the training set in all stages.</summary>
    [JsonIgnore]
    public int TotalEpochs => (Pretraining?.Epochs ?? 0) + Epochs;
}
