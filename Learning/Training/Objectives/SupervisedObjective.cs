using System.Diagnostics;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Each image is told by its class: one pass, one loss a row.</summary>
/// <param name="network">Computes the logits.</param>
/// <param name="loss">Of a row.</param>
/// <param name="dividesByRows">What the batch is divided by; see <see cref="Reductions"/>.</param>
/// <param name="input">Batches as tensors.</param>
/// <param name="scope">What is trained.</param>
internal sealed class SupervisedObjective(
    Network network,
    ILoss loss,
    bool dividesByRows,
    NetworkInput input,
    StageScope scope
) : IObjective
{
    public (Tally Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    )
    {
        var began = Stopwatch.GetTimestamp();
        var labels = input.Labels(batch);
        var output = network.Forward(scope.Pass(state, work), input.Rows(batch));
        var rows = loss.Rows(
            LossInput.Of(output, labels) with
            {
                ClassWeights = step.ClassWeights,
                Step = step.Step,
            }
        );
        var total = (rows * labels.Of(step.ClassWeights)).sum();
        var tally = Count(state, work, batch, step.ClassWeights, output.Logits, rows); // reads the logits, so the pass is over on every device
        var forward = Stopwatch.GetTimestamp() - began;
        var gradients = autograd.grad([total], [.. scope.Trained(state)]);
        return (tally, scope.Flatten(state, [.. gradients]), forward);
    }

    private Tally Count(
        FlatState state,
        FlatState work,
        Batch batch,
        double[] classWeights,
        Tensor logits,
        Tensor rowLosses
    )
    {
        var classes = classWeights.Length;
        var values = NetworkInput.Doubles(logits.detach());
        var losses = NetworkInput.Doubles(rowLosses.detach());
        var (denominator, lossSum, correct) = (0.0, 0.0, 0L);
        for (var i = 0; i < batch.Rows; i++)
        {
            if (!double.IsFinite(losses[i]))
                throw input.Diverged(
                    state,
                    work,
                    batch,
                    scope.MovesStatistics,
                    $"The loss of row {i} is {losses[i]}"
                );
            var label = batch.Labels[i];
            denominator += dividesByRows ? 1 : classWeights[label];
            lossSum += classWeights[label] * losses[i];
            correct += Ranking.Largest(values.AsSpan(i * classes, classes)) == label ? 1 : 0;
        }

        return new(denominator, batch.Rows, lossSum, correct, batch.SampleSum);
    }
}
