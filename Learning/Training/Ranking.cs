namespace MMOrleans.Learning.Training;

/// <summary>The order of a row's logits; of equal ones the lower class comes first.</summary>
internal static class Ranking
{
    /// <summary>The class of the largest logit.</summary>
    public static int Largest(ReadOnlySpan<double> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best])
                best = i;
        return best;
    }

    /// <summary>How many logits come before that of <paramref name="label"/>.</summary>
    public static int RankOf(ReadOnlySpan<double> logits, int label)
    {
        var rank = 0;
        for (var i = 0; i < logits.Length; i++)
            if (logits[i] > logits[label] || (logits[i] == logits[label] && i < label))
                rank++;
        return rank;
    }
}
