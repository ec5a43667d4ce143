namespace MMOrleans.Runs.Faults;

/// <summary>Faults as the blocks of text that people read on standard error.</summary>
public static class FaultBlocks
{
    /// <summary>A block for each, then where to read more about each code.</summary>
    public static void Write(TextWriter error, IReadOnlyList<Fault> faults)
    {
        foreach (var fault in faults)
        {
            error.WriteLine($"error {fault.Code}: {OneLine(fault.Message)}");
            error.WriteLine($"  fix   {OneLine(fault.Fix)}");
        }

        foreach (var code in faults.Select(fault => fault.Code).Distinct())
            error.WriteLine($"  more  mm explain {code}");
    }

    // Values come from files and may hold anything; an error is one block and moves no cursor.
    private static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
