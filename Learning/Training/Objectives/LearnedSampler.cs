using MMOrleans.Learning.Losses;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Draws a step's rows from its batch by class rates that are learned: hard Gumbel-softmax samples.</summary>
/// <remarks>
/// Row i of the step is the row j with the largest log r_j + γ_ij, γ Gumbel noise, with r_j = σ(a_y) · n_y / m_y for a row of class y: an image of
/// the whole training set by the rate of its class, of which the batch holds m_y of n_y. Ren et al., NeurIPS 2020.
/// </remarks>
internal sealed class LearnedSampler
{
    private readonly double[] _shares; // [rows]: log(n_y / m_y)
    private readonly double[] _noise; // [rows · rows]: Gumbel
    private readonly long[] _labels;

    /// <param name="labels">Class of every row of the batch.</param>
    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <param name="noise">Of the batch's rows.</param>
    public LearnedSampler(ReadOnlySpan<long> labels, IReadOnlyList<int> counts, RowNoise noise)
    {
        _labels = labels.ToArray();
        var held = new int[counts.Count];
        foreach (var label in _labels)
            held[label]++;
        _shares = [.. _labels.Select(label => Math.Log((double)counts[(int)label] / held[label]))];
        _noise = noise.Gumbel(_labels.Length, _labels.Length);
    }

    /// <summary>[rows · rows]: log(n_y / m_y) + γ, to which the log of the class's rate is added.</summary>
    public double[] Scores => [.. _noise.Select((gumbel, at) => gumbel + _shares[at % _shares.Length])];

    /// <summary>[rows]: the row of the batch that each row of the step is.</summary>
    /// <param name="rates">[classes]: a.</param>
    public int[] Draw(ReadOnlySpan<double> rates)
    {
        var logs = new double[rates.Length];
        for (var c = 0; c < logs.Length; c++)
            logs[c] = -Math.Log(1 + Math.Exp(-rates[c])); // log σ(a)
        var scores = Scores;
        var drawn = new int[_labels.Length];
        for (var i = 0; i < drawn.Length; i++)
        {
            var best = double.NegativeInfinity;
            for (var j = 0; j < drawn.Length; j++)
            {
                var score = scores[(i * drawn.Length) + j] + logs[_labels[j]];
                if (score > best)
                    (best, drawn[i]) = (score, j);
            }
        }

        return drawn;
    }
}
