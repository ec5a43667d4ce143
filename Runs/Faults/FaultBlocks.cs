namespace MMOrleans.Runs.Faults;

/// <summary>Faults as the blocks of text that people read on standard error.</summary>
public static class FaultBlocks
{
    /// <summary>A block for each, then where to read more about each code.</summary>
    /// <param name="error">Standard error; flushed.</param>
    /// <param name="faults">At least one.</param>
    /// <returns>The exit code of a process that ends for them: the first fault's.</returns>
    public static int Write(TextWriter error, IReadOnlyList<Fault> faults)
    {
        foreach (var fault in faults)
        {
            error.WriteLine($"error {fault.Code}: {OneLine(fault.Message)}");
            error.WriteLine($"  fix   {OneLine(fault.Fix)}");
        }

        foreach (var code in faults.Select(fault => fault.Code).Distinct())
            error.WriteLine($"  more  mm explain {code}");
        error.Flush();
        return FaultCatalogue.ExitCodeOf(faults[0].Code);
    }

    // Values come from files and may hold anything; an error is one block and moves no cursor.
    private static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
