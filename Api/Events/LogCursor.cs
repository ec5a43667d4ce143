namespace MMOrleans.Api.Events;

/// <summary>How far somebody has read a run's logs, of which every silo writes one.</summary>
/// <param name="Files">Cursor of each file by its name.</param>
internal sealed record LogCursor(IReadOnlyDictionary<string, LineCursor> Files)
{
    public static LogCursor Start { get; } = new(new Dictionary<string, LineCursor>());

    /// <exception cref="FaultException">MM1004: it is none.</exception>
    public static LogCursor Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Start;
        var files = new Dictionary<string, LineCursor>(StringComparer.Ordinal);
        foreach (var part in text.Split(' '))
        {
            if (part.Split('=') is not [var name, var at] || !LineCursor.TryParse(at, out var cursor))
                throw new FaultException(
                    "MM1004",
                    $"'{text}' is not an id of a log entry",
                    "give back an id as it came, or none to begin again"
                );
            files[name] = cursor;
        }

        return new(files);
    }

    public override string ToString() =>
        string.Join(
            ' ',
            Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={file.Value}")
        );
}
