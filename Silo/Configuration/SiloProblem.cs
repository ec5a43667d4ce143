namespace MMOrleans.Silo.Configuration;

/// <summary>One reason why a silo does not start.</summary>
/// <param name="Code">Of the error catalogue, such as <c>MM1004</c>.</param>
/// <param name="Message">What happened, with key and value.</param>
/// <param name="Fix">What to do.</param>
internal sealed record SiloProblem(string Code, string Message, string Fix)
{
    /// <summary>Exit code of a process that ends by it, as the client's catalogue has it.</summary>
    public int ExitCode =>
        Code switch
        {
            "MM5003" => 9,
            ['M', 'M', '1', ..] => 2,
            ['M', 'M', '2', ..] => 5,
            ['M', 'M', '3', ..] => 4,
            "MM9001" or "MM9002" => 9,
            _ => 1,
        };

    /// <summary>Writes all of them as blocks.</summary>
    /// <returns>The exit code: the first one's.</returns>
    public static int Write(IReadOnlyList<SiloProblem> problems, TextWriter error)
    {
        foreach (var problem in problems)
        {
            error.WriteLine($"error {problem.Code}: {OneLine(problem.Message)}");
            error.WriteLine($"  fix   {OneLine(problem.Fix)}");
        }

        foreach (var code in problems.Select(problem => problem.Code).Distinct())
            error.WriteLine($"  more  mm explain {code}");
        error.Flush();
        return problems[0].ExitCode;
    }

    private static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
