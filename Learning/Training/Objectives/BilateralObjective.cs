using System.Diagnostics;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Epochs;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Two batches through two branches, and one classifier that turns from the first to the second as the run goes on.</summary>
/// <remarks>
/// <para>
/// z = W · [2α · f_A ; 2(1 − α) · f_B] + b, ℓ = α · CE(z, y_A) + (1 − α) · CE(z, y_B), α = 1 − (e / E)². Zhou, Cui, Wei, Chen, CVPR 2020
/// (BBN), and megvii-research/BBN.
/// </para>
/// <para>
/// A row is an image of the batch and the one at its place in the companion. Rows are independent, so that slots share a batch as they do
/// elsewhere; batch norm sees the two batches one after the other. A row counts as right with the label that weighs more.
/// </para>
/// </remarks>
internal sealed class BilateralObjective(ObjectiveParts parts) : IObjective
{
    private readonly bool _dividesByRows = Reductions.DividesByRows(parts.Specification.Method);
    private readonly BilateralResNet _branches = (BilateralResNet)parts.Network;

    /// <summary><c>bilateral</c></summary>
    public static ObjectiveDefinition Definition { get; } =
        new(
            "bilateral",
            "two branches, the second of which learns from the companion (BBN)",
            parts => new BilateralObjective(parts)
        )
        {
            HasCompanion = true,
            Head = Heads.Bilateral,
        };

    public (EpochSums Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    )
    {
        var began = Stopwatch.GetTimestamp();
        var companion =
            batch.Companion ?? throw new ArgumentException("The batch has no companion.", nameof(batch));
        var share = ConventionalShare(step.Epoch, parts.Specification.Epochs);
        var pass = new ForwardPass(state.ParameterViews, work.BufferViews, Training: true);
        var output = _branches.Classify(
            pass,
            Mixed(
                _branches.Conventional(pass, parts.Input.Rows(batch)),
                _branches.Rebalancing(pass, parts.Input.Rows(companion)),
                share
            )
        );
        // The classes' weights are in the rows already, so that the tally takes them as they are.
        var rows = Rows(Weighted(batch), Weighted(companion), share);
        var total = rows.sum();
        double[] ones = [.. Enumerable.Repeat(1.0, batch.Rows)];
        var tally = RowTally.Count(
            parts.Input,
            state,
            work,
            batch,
            output.Logits,
            rows,
            ones,
            _dividesByRows ? ones : [.. Enumerable.Range(0, batch.Rows).Select(Divisor)],
            share >= 0.5 ? batch.Labels : companion.Labels
        );
        var forward = Stopwatch.GetTimestamp() - began;
        var gradients = autograd.grad([total], [.. state.ParameterViews]);
        return (tally, cat([.. gradients.Select(g => g.reshape(-1))]), forward);

        Tensor Weighted(Batch told)
        {
            var labels = parts.Input.Labels(told);
            var losses = parts.Rows(output, labels, told, step);
            return losses * labels.Of(step.ClassWeights);
        }

        double Divisor(int row) =>
            (share * step.ClassWeights[batch.Labels[row]])
            + ((1 - share) * step.ClassWeights[companion.Labels[row]]);
    }

    /// <summary>α: the conventional branch's share in an epoch.</summary>
    /// <param name="epoch">e, from 0.</param>
    /// <param name="epochs">E.</param>
    internal static double ConventionalShare(int epoch, int epochs)
    {
        var passed = (double)epoch / epochs;
        return 1 - (passed * passed);
    }

    /// <summary>[rows]: both labels' losses by their branches' shares.</summary>
    internal static Tensor Rows(Tensor conventional, Tensor rebalancing, double share) =>
        conventional.Times(share).Plus(rebalancing, 1 - share);

    /// <summary>[rows, 2 · features]: both branches' features by their shares, doubled.</summary>
    internal static Tensor Mixed(Tensor conventional, Tensor rebalancing, double share) =>
        cat([conventional.Times(2 * share), rebalancing.Times(2 * (1 - share))], 1);
}
