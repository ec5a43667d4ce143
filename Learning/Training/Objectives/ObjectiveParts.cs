using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What an objective is made of.</summary>
/// <param name="Specification">The run.</param>
/// <param name="Network">Its network; an objective with a state of its own declares that here, as buffers.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="Counts">Training images of every class of the whole run.</param>
/// <param name="Input">Batches as tensors.</param>
internal readonly record struct ObjectiveParts(
    RunSpecification Specification,
    Network Network,
    ILoss Loss,
    IReadOnlyList<int> Counts,
    NetworkInput Input
)
{
    /// <summary>[rows]: what the rows of a batch cost, unweighted.</summary>
    public Tensor Rows(NetworkOutput output, LabelRows labels, Batch batch, StepContext step) =>
        Loss.Rows(
            LossInput.Of(output, labels) with
            {
                ClassWeights = step.ClassWeights,
                Step = step.Step,
                Noise = NoiseOf(batch, step),
            }
        );

    /// <summary>The random numbers of a batch's rows.</summary>
    public RowNoise NoiseOf(Batch batch, StepContext step) =>
        new(Specification.Seed, step.Epoch, batch.FirstDraw);
}
