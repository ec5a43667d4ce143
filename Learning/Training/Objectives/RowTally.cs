using MMOrleans.Runs.Epochs;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Counts the rows of a step.</summary>
internal static class RowTally
{
    /// <param name="input">Looks for the layer that went wrong, where one did.</param>
    /// <param name="state">Whose parameters were used.</param>
    /// <param name="work">Whose buffers were used.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="rows">[rows]: ℓ of each row.</param>
    /// <param name="weights">w of each row.</param>
    /// <param name="denominators">What each row adds to the divisor.</param>
    /// <param name="labels">The class that each row is right with.</param>
    /// <param name="training">The mode that the network computed in.</param>
    /// <exception cref="NonFiniteLossException">A loss is not finite.</exception>
    public static EpochSums Count(
        NetworkInput input,
        FlatState state,
        FlatState work,
        Batch batch,
        Tensor logits,
        Tensor rows,
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> denominators,
        ReadOnlySpan<long> labels,
        bool training = true
    )
    {
        var classes = (int)logits.shape[1];
        var values = NetworkInput.Doubles(logits.detach());
        var losses = NetworkInput.Doubles(rows.detach());
        var (denominator, lossSum, correct) = (0.0, 0.0, 0L);
        for (var i = 0; i < batch.Rows; i++)
        {
            if (!double.IsFinite(losses[i]))
                throw input.Diverged(state, work, batch, training, $"The loss of row {i} is {losses[i]}");
            denominator += denominators[i];
            lossSum += weights[i] * losses[i];
            correct += Ranking.Largest(values.AsSpan(i * classes, classes)) == labels[i] ? 1 : 0;
        }

        return new(
            denominator,
            batch.Rows,
            lossSum,
            correct,
            unchecked(batch.SampleSum + (batch.Companion?.SampleSum ?? 0))
        );
    }
}
