using MMOrleans.Runs.Epochs;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What a slot makes of its images in one optimiser step.</summary>
/// <remarks>
/// A pure function of its arguments: it reads parameters and momentum of the state, and may write to the buffers of the working copy
/// only, which hold the state's at the start of the round.
/// </remarks>
internal interface IObjective
{
    /// <param name="state">The step starts from its parameters.</param>
    /// <param name="work">Its buffers are the slot's own and carry on from step to step.</param>
    /// <param name="batch">One row or more.</param>
    /// <param name="step">Weights, rate, epoch.</param>
    /// <returns>
    /// The tally; the gradient of Σ w · ℓ, [P], of the dispose scope it was made in; and the <see cref="System.Diagnostics.Stopwatch"/> ticks
    /// that the forward pass took.
    /// </returns>
    /// <exception cref="NonFiniteLossException">A loss is not finite.</exception>
    (EpochSums Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    );
}
