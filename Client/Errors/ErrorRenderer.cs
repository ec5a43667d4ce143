using System.Text.Encodings.Web;
using System.Text.Json;

namespace MMOrleans.Client.Errors;

/// <summary>Writes errors for people as blocks, for programs as one JSON object a line.</summary>
internal sealed class ErrorRenderer(TextWriter error, bool json, bool verbose)
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>The exit code that belongs to the error.</returns>
    public int Write(FaultException failure)
    {
        if (json)
            return WriteJson(failure);
        var exitCode = FaultBlocks.Write(error, failure.Faults);
        if (verbose && failure.InnerException is { } inner)
            error.WriteLine(inner);
        return exitCode;
    }

    private int WriteJson(FaultException failure)
    {
        var exitCode = FaultCatalogue.ExitCodeOf(failure.Code);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "mm/error/v1");
            WriteFault(writer, failure.Fault);
            writer.WriteNumber("exit_code", exitCode);
            if (failure.Faults.Count > 1)
            {
                writer.WriteStartArray("problems");
                foreach (var fault in failure.Faults)
                {
                    writer.WriteStartObject();
                    WriteFault(writer, fault);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            if (verbose && failure.InnerException is { } inner)
                writer.WriteString("trace", inner.ToString());
            writer.WriteEndObject();
        }

        error.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
        return exitCode;
    }

    private static void WriteFault(Utf8JsonWriter writer, Fault fault)
    {
        writer.WriteString("code", fault.Code);
        writer.WriteString("message", fault.Message);
        writer.WriteString("fix", fault.Fix);
    }
}
