using System.ComponentModel.DataAnnotations;

namespace MMOrleans.Runs.Specifications;

/// <summary>The first stage of a run in two: what the backbone learns before the method begins.</summary>
/// <remarks>
/// It has epochs, a learning rate and a head of its own; batch size, optimiser, slots and local steps are the run's. The second stage takes
/// backbone and running statistics over, and begins with the classifier's first values, no momentum, and its own schedule.
/// </remarks>
public sealed record PretrainingSpecification
{
    /// <summary><c>rotation</c>: tell by how many quarter turns an image was turned. Yang, Xu, NeurIPS 2020 (SSP).</summary>
    public required string Kind { get; init; }

    /// <summary>Passes over the training set before the method's own, 1 or more.</summary>
    [Range(1, 100_000)]
    public required int Epochs { get; init; }

    /// <summary>Learning rate by epoch of this stage, counted from its first; the base rate is the optimiser's.</summary>
    public required ScheduleSpecification Schedule { get; init; }
}
