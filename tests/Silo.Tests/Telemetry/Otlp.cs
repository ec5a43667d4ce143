namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>A span as a collector gets it.</summary>
internal sealed record ReceivedSpan(
    string Trace,
    string Id,
    string Parent,
    string Name,
    ulong Start,
    ulong End,
    bool IsError,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Links
);

/// <summary>One series of a metric as a collector gets it.</summary>
internal sealed record ReceivedSeries(
    string Name,
    string Kind,
    string Unit,
    IReadOnlyDictionary<string, string> Attributes,
    double Value
);

/// <summary>A log record as a collector gets it.</summary>
internal sealed record ReceivedLog(
    string Trace,
    string Span,
    string Text,
    IReadOnlyDictionary<string, string> Attributes
);

/// <summary>Reads OTLP requests; field numbers are those of the protocol's proto files.</summary>
internal static class Otlp
{
    public static IEnumerable<ReceivedSpan> Spans(byte[] request) =>
        from span in new ProtoMessage(request).Messages(1, 2, 2)
        select new ReceivedSpan(
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Text(5),
            span.Number(7),
            span.Number(8),
            span.Messages(15).Any(status => status.Number(3) == 2),
            Attributes(span.Messages(9)),
            [.. span.Messages(13).Select(link => link.Hex(2))]
        );

    /// <summary>Series of our own meter.</summary>
    public static IEnumerable<ReceivedSeries> Series(byte[] request) =>
        from scope in new ProtoMessage(request).Messages(1, 2)
        where scope.Messages(1).Single().Text(1) == "MMOrleans"
        from metric in scope.Messages(2)
        from series in Series(metric)
        select series;

    public static IEnumerable<ReceivedLog> Logs(byte[] request) =>
        from record in new ProtoMessage(request).Messages(1, 2, 2)
        select new ReceivedLog(
            record.Hex(9),
            record.Hex(10),
            record.Messages(5).Select(body => body.Text(1)).SingleOrDefault(""),
            Attributes(record.Messages(6))
        );

    /// <summary>Names of the meters in a request.</summary>
    public static IEnumerable<string> Meters(byte[] request) =>
        new ProtoMessage(request).Messages(1, 2, 1).Select(scope => scope.Text(1));

    private static IEnumerable<ReceivedSeries> Series(ProtoMessage metric)
    {
        var (kind, field, attributes) =
            metric.Has(5) ? ("gauge", 5, 7)
            : metric.Has(7)
                ? (metric.Messages(7).Single().Number(3) == 1 ? "counter" : "up-down counter", 7, 7)
            : ("histogram", 9, 9);
        return metric
            .Messages(field, 1)
            .Select(point => new ReceivedSeries(
                metric.Text(1),
                kind,
                metric.Text(3),
                Attributes(point.Messages(attributes)),
                kind == "histogram" ? point.Number(4)
                    : point.Has(4) ? BitConverter.UInt64BitsToDouble(point.Number(4))
                    : point.Number(6)
            ));
    }

    private static Dictionary<string, string> Attributes(IEnumerable<ProtoMessage> pairs) =>
        pairs.ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()));

    private static string Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(3) ? ((long)value.Number(3)).ToString()
        : value.Has(4) ? BitConverter.UInt64BitsToDouble(value.Number(4)).ToString()
        : "";
}
