namespace MMOrleans.Configuration.Sources;

/// <summary>The name that was probably meant.</summary>
internal static class Suggestion
{
    private const int MostEdits = 2;

    /// <summary>The nearest of the names within two edits (one for words of up to three letters); null when none is near.</summary>
    public static string? For(string word, IEnumerable<string> names)
    {
        string? nearest = null;
        var fewest = (word.TrimStart('-').Length <= 3 ? 1 : MostEdits) + 1;
        foreach (var name in names)
        {
            var edits = Edits(word.ToLowerInvariant(), name);
            if (edits < fewest)
                (nearest, fewest) = (name, edits);
        }

        return nearest;
    }

    /// <summary><c> (did you mean 'x'?)</c>, or nothing.</summary>
    public static string Ask(string word, IEnumerable<string> names) =>
        For(word, names) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    /// <remarks>Optimal string alignment distance.</remarks>
    public static int Edits(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= to.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        for (var j = 1; j <= to.Length; j++)
        {
            var replaced = table[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            var best = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                best = Math.Min(best, table[i - 2, j - 2] + 1);
            table[i, j] = best;
        }

        return table[from.Length, to.Length];
    }
}
