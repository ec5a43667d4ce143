using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>A span as text on the wire: the W3C's <c>traceparent</c>.</summary>
internal static class TraceText
{
    /// <returns>Null when there is no span.</returns>
    public static string? Of(ActivityContext context) =>
        context == default
            ? null
            : $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";

    /// <returns>Default for text that is absent or none.</returns>
    public static ActivityContext Read(string? text) =>
        text is not null && ActivityContext.TryParse(text, traceState: null, isRemote: true, out var context)
            ? context
            : default;
}
