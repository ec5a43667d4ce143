using MMOrleans.Tests;

namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>The tables of <c>docs/telemetry.md</c>, and of the metrics' page that follows from the code.</summary>
internal sealed class TelemetryPage
{
    private readonly string[] _lines = Lines("telemetry.md");
    private readonly string[] _metrics = Lines(Path.Combine("reference", "metrics.md"));

    /// <summary>Name, kind, unit, attributes in full, meaning.</summary>
    public IReadOnlyList<(
        string Name,
        string Kind,
        string Unit,
        string[] Attributes,
        string Meaning
    )> Metrics =>
        [
            .. from cells in Table(_lines, "Name", "Kind, unit", "Attributes", "Meaning")
                .Concat(Table(_metrics, "Name", "Kind, unit", "Attributes", "Meaning"))
            let kind = cells[1].Split(", ")
            select (
                cells[0].Trim('`'),
                kind[0],
                kind.Length > 1 ? kind[1].Trim('`') : "",
                Quoted(cells[2]),
                cells[3]
            ),
        ];

    /// <summary>Name, parent, attributes in full.</summary>
    public IReadOnlyList<(string Name, string Parent, string[] Attributes)> Spans =>
        [
            .. from cells in Table(_lines, "Span", "Parent", "Attributes", "Meaning")
            select (cells[0].Trim('`'), cells[1].Trim('`'), Quoted(cells[2])),
        ];

    /// <summary>Values of attributes that have a closed list of them.</summary>
    public IReadOnlyDictionary<string, string[]> Values =>
        Table(_lines, "Attribute", "Values")
            .ToDictionary(cells => InFull(cells[0].Trim('`')), cells => Words(cells[1]));

    public static string InFull(string attribute) =>
        attribute is "error.type" or "network.io.direction" ? attribute : $"mmorleans.{attribute}";

    private static string[] Lines(string page) =>
        File.ReadAllLines(Path.Combine(Checkout.Root, "docs", page));

    private static IEnumerable<string[]> Table(string[] lines, params string[] headings) =>
        lines
            .SkipWhile(line => !Cells(line).SequenceEqual(headings))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(Cells);

    private static string[] Cells(string line) =>
        line.StartsWith('|') ? [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())] : [];

    private static string[] Quoted(string cell) => [.. Words(cell).Select(InFull)];

    private static string[] Words(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];
}
