using System.Text.Json.Nodes;

namespace MMOrleans.Journeys.Support;

/// <summary>What came of a line that was typed.</summary>
/// <param name="Line">As typed.</param>
/// <param name="Folder">Where.</param>
/// <param name="ExitCode">Of the whole line.</param>
/// <param name="Printed">Its standard output.</param>
/// <param name="Said">Its standard error.</param>
internal sealed record Answer(string Line, string Folder, int ExitCode, string Printed, string Said)
{
    /// <summary>Standard output as one JSON document.</summary>
    public JsonNode Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Printed)!;
            }
            catch (System.Text.Json.JsonException fault)
            {
                Assert.Fail($"standard output is not a JSON document: {fault.Message}\n{this}");
                throw;
            }
        }
    }

    /// <summary>The command that it printed and that begins so, such as <c>mm resume</c>.</summary>
    public string Command(string beginning) =>
        PrintedCommands
            .In(Printed)
            .Concat(PrintedCommands.In(Said))
            .FirstOrDefault(command =>
                command == beginning || command.StartsWith(beginning + " ", StringComparison.Ordinal)
            )
        ?? throw new InvalidOperationException($"no command '{beginning} …' was printed\n{this}");

    /// <summary>Fails unless both streams together hold these words.</summary>
    public Answer Holding(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            Assert.True(
                Printed.Contains(word, StringComparison.Ordinal)
                    || Said.Contains(word, StringComparison.Ordinal),
                $"'{word}' is not in what came of it\n{this}"
            );
        return this;
    }

    /// <summary>All that is needed to do it again by hand.</summary>
    public override string ToString() =>
        $"""
            in      {Folder}
            typed   {Line}
            exit    {ExitCode}
            printed {Indented(Printed)}
            said    {Indented(Said)}
            """;

    private static string Indented(string text) =>
        text.Length == 0 ? "nothing" : text.TrimEnd().ReplaceLineEndings("\n        ");
}
