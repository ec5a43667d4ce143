using System.Text.RegularExpressions;
using MMOrleans.Grains.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Gives what is logged of a run the run's open span and id, and each of our log events its name.</summary>
/// <remarks>Spans of rounds are made afterwards, so that none is current when something is logged.</remarks>
internal sealed partial class LogSpans(IRunSpans? spans) : BaseProcessor<LogRecord>
{
    private const string RunField = "Run";

    public override void OnEnd(LogRecord data)
    {
        List<KeyValuePair<string, object?>> more = [];
        if (data.Attributes?.FirstOrDefault(field => field.Key == RunField).Value is string run)
        {
            more.Add(new("mmorleans.run.id", run));
            if (data.TraceId == default && spans?.SpanOf(run) is { } span && span != default)
                (data.TraceId, data.SpanId, data.TraceFlags) = (span.TraceId, span.SpanId, span.TraceFlags);
        }

        if (
            data.EventId.Name is { } name
            && data.CategoryName?.StartsWith("MMOrleans.", StringComparison.Ordinal) == true
        )
            more.Add(new("mmorleans.event.name", EventName(name)));
        if (more.Count > 0)
            data.Attributes = [.. data.Attributes ?? [], .. more];
    }

    /// <summary>The method that logs it, in the words of attributes: <c>LogEndDelayed</c> is <c>end_delayed</c>.</summary>
    public static string EventName(string method)
    {
        var name = method.StartsWith("Log", StringComparison.Ordinal) ? method[3..] : method;
#pragma warning disable CA1308 // Names of events are lower case.
        return WordStart().Replace(name, "_").ToLowerInvariant();
#pragma warning restore CA1308
    }

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
