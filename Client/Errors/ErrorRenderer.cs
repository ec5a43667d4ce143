using System.Text.Encodings.Web;
using System.Text.Json;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Errors;

/// <summary>Writes errors for people as blocks, for programs as one JSON object a line.</summary>
internal sealed class ErrorRenderer(TextWriter error, bool json, bool verbose)
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>The exit code that belongs to the error.</returns>
    public int Write(MmError failure)
    {
        if (json)
            WriteJson(failure);
        else
            WriteText(failure);
        return failure.ExitCode;
    }

    private void WriteText(MmError failure)
    {
        foreach (var problem in failure.Problems)
        {
            error.WriteLine($"error {problem.Code}: {OneLine(problem.Message)}");
            error.WriteLine($"  fix   {OneLine(problem.Fix)}");
        }

        foreach (var code in failure.Problems.Select(problem => problem.Code).Distinct())
            error.WriteLine($"  more  mm explain {code}");
        if (verbose && failure.InnerException is { } inner)
            error.WriteLine(inner);
    }

    private void WriteJson(MmError failure)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "mm/error/v1");
            WriteProblem(writer, failure.Problems[0]);
            writer.WriteNumber("exit_code", failure.ExitCode);
            if (failure.Problems.Count > 1)
            {
                writer.WriteStartArray("problems");
                foreach (var problem in failure.Problems)
                {
                    writer.WriteStartObject();
                    WriteProblem(writer, problem);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            if (verbose && failure.InnerException is { } inner)
                writer.WriteString("trace", inner.ToString());
            writer.WriteEndObject();
        }

        error.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void WriteProblem(Utf8JsonWriter writer, Problem problem)
    {
        writer.WriteString("code", problem.Code);
        writer.WriteString("message", problem.Message);
        writer.WriteString("fix", problem.Fix);
    }

    // Values come from files and may hold anything; an error is one block and moves no cursor.
    private static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
