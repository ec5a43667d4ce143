using System.Diagnostics;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Each image is told by its class: one pass, one loss a row.</summary>
/// <param name="parts">Network, loss, run.</param>
/// <param name="dividesByRows">What the batch is divided by; see <see cref="Reductions"/>.</param>
/// <param name="scope">What is trained.</param>
internal sealed class SupervisedObjective(ObjectiveParts parts, bool dividesByRows, StageScope scope)
    : IObjective
{
    /// <summary><c>supervised</c></summary>
    public static ObjectiveDefinition Definition { get; } =
        new(
            "supervised",
            "each image is told by its class",
            parts => new SupervisedObjective(
                parts,
                Reductions.DividesByRows(parts.Specification.Method),
                new(parts.Network.Layout, parts.Specification.Model, Phase.Main)
            )
        );

    public (EpochSums Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    )
    {
        var began = Stopwatch.GetTimestamp();
        var labels = parts.Input.Labels(batch);
        var output = parts.Network.Forward(scope.Pass(state, work), parts.Input.Rows(batch));
        var rows = parts.Rows(output, labels, batch, step);
        var total = (rows * labels.Of(step.ClassWeights)).sum();
        double[] weights = [.. batch.Labels.Take(batch.Rows).Select(label => step.ClassWeights[label])];
        var tally = RowTally.Count( // reads the logits, so the pass is over on every device
            parts.Input,
            state,
            work,
            batch,
            output.Logits,
            rows,
            weights,
            dividesByRows ? [.. weights.Select(_ => 1.0)] : weights,
            batch.Labels,
            scope.MovesStatistics
        );
        var forward = Stopwatch.GetTimestamp() - began;
        var gradients = autograd.grad([total], [.. scope.Trained(state)]);
        return (tally, scope.Flatten(state, [.. gradients]), forward);
    }
}
