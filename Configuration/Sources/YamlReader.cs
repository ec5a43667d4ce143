using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MMOrleans.Configuration.Sources;

/// <summary>Reads the part of YAML that configurations need, keeping places; what is ambiguous between YAML readers is refused.</summary>
internal sealed class YamlReader
{
    /// <summary>Bytes of a configuration; one with every key has some kilobytes.</summary>
    public const int LargestFile = 1 << 20;

    // The deepest key lies at the fourth; without an end every level takes its share of the stack.
    private const int MostLevels = 32;

    private readonly Func<Mark, Place> _place;
    private readonly List<Fault> _problems;
    private readonly Parser _parser;

    private YamlReader(string text, Func<Mark, Place> place, List<Fault> problems) =>
        (_parser, _place, _problems) = (new(new StringReader(text)), place, problems);

    /// <summary>Reads a file's text; null when it holds nothing or is not YAML.</summary>
    public static MapNode? ReadFile(string text, string file, List<Fault> problems)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) is var bytes and > LargestFile)
        {
            problems.Add(
                new(
                    "MM1006",
                    $"{file} has {bytes:N0} bytes, a configuration {LargestFile:N0} at most",
                    "name the configuration, not the data"
                )
            );
            return null;
        }

        var before = problems.Count;
        ReportTabs(text, file, problems);
        if (problems.Count > before)
            return null;
        Place At(Mark mark) => new(Origin.File, file, (int)mark.Line, (int)mark.Column);
        switch (Read(text, At, problems))
        {
            case null or ScalarNode { IsNull: true }:
                return null;
            case MapNode map:
                return map;
            case { } other:
                problems.Add(
                    new(
                        "MM1006",
                        $"{other.Place}: a configuration is a mapping of keys",
                        other is ScalarNode { Text: var word }
                        && word.Split(':', 2) is [var key, { Length: > 0 } value]
                            ? $"put a blank after the colon: {key}: {value}"
                            : "write lines such as train: {epochs: 200}"
                    )
                );
                return null;
        }
    }

    /// <summary>Reads one value as it stands in a flag or variable: <c>200</c>, <c>{min: 2, max: 8}</c>.</summary>
    public static Node? ReadValue(string text, Place place, List<Fault> problems) =>
        Read(text, _ => place, problems) ?? new ScalarNode("", false, place);

    private static Node? Read(string text, Func<Mark, Place> place, List<Fault> problems)
    {
        var reader = new YamlReader(text, place, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException broken)
        {
            return NotYaml(broken.Start, (broken.InnerException ?? broken).Message);
        }
        catch (InvalidOperationException)
        {
            // What the library has no words for, such as a word in braces that goes on in the next line.
            return NotYaml(reader._parser.Current?.End ?? Mark.Empty, "what follows here cannot stand there");
        }

        Node? NotYaml(Mark at, string why)
        {
            problems.Add(
                new(
                    "MM1006",
                    $"{place(at)}: not YAML: {why}",
                    "correct that place; a text with ':' or '#' in it needs quotes"
                )
            );
            return null;
        }
    }

    private static void ReportTabs(string text, string file, List<Fault> problems)
    {
        if (text.TrimStart() is ['{', ..])
            return; // JSON: braces say what belongs together
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var indent = line.Length - line.TrimStart().Length;
            var tab = line.IndexOf('\t');
            if (tab >= 0 && tab < indent && line.Trim().Length > 0)
                problems.Add(
                    new(
                        "MM1006",
                        $"{file}:{number}:{tab + 1}: a tab in the indentation",
                        $"use spaces: {line.Replace("\t", "  ").TrimEnd()}"
                    )
                );
        }
    }

    private Node? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        var node = ReadNode(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            _problems.Add(
                new(
                    "MM1006",
                    $"{_place(second.Start)}: a second document",
                    "keep one document a file; remove the line ---"
                )
            );
        return node;
    }

    private Node ReadNode(int level)
    {
        var start = _parser.Current!.Start;
        if (level > MostLevels)
            throw new YamlException(start, start, $"it is nested deeper than {MostLevels} levels");
        if (
            _parser.Current
            is NodeEvent { Anchor.IsEmpty: false }
                or AnchorAlias
                or NodeEvent { Tag.IsEmpty: false }
        )
            _problems.Add(
                new(
                    "MM1006",
                    $"{_place(start)}: anchors, aliases and tags are not used here",
                    "write the value itself"
                )
            );
        if (_parser.TryConsume<Scalar>(out var scalar))
            return new ScalarNode(scalar.Value, scalar.Style != ScalarStyle.Plain, _place(start));
        if (_parser.TryConsume<AnchorAlias>(out _))
            return new ScalarNode("", false, _place(start));
        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<Node>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
                items.Add(ReadNode(level + 1));
            return new ListNode(items, _place(start));
        }

        _parser.Consume<MappingStart>();
        var entries = new List<MapEntry>();
        var known = new Dictionary<string, MapEntry>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(level + 1);
            var value = ReadNode(level + 1);
            if (key is not ScalarNode name)
                _problems.Add(new("MM1006", $"{key.Place}: a key must be a word", "write key: value"));
            else if (known.TryGetValue(name.Text, out var first))
                _problems.Add(
                    new(
                        "MM1006",
                        key.Place.Line == 0
                            ? $"{key.Place}: key '{name.Text}' stands there a second time"
                            : $"{key.Place}: key '{name.Text}' stands here a second time (first at {(first.Place.Line == key.Place.Line ? $"column {first.Place.Column}" : $"line {first.Place.Line}")})",
                        key.Place.Line == 0 || key.Place.Line == first.Place.Line
                            ? $"keep one '{name.Text}'"
                            : $"remove line {key.Place.Line} or line {first.Place.Line}"
                    )
                );
            else
            {
                var entry = new MapEntry(name.Text, key.Place, value);
                known.Add(entry.Key, entry);
                entries.Add(entry);
            }
        }

        return new MapNode(entries, _place(start));
    }
}
