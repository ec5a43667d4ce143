using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MMOrleans.Api.Documents;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Events;

/// <summary>A run's logs in the order of time: of one process, or of every silo that took part.</summary>
/// <param name="folder">The run.</param>
/// <param name="trainer">Only what this source says; null for all.</param>
internal sealed class RunLogs(RunFolder folder, string? trainer)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>The entries after a cursor, each with the cursor after it.</summary>
    /// <param name="cursor">Where to go on; moved past what was read.</param>
    public IReadOnlyList<(string Id, string Text)> Read(ref LogCursor cursor)
    {
        var files = new Dictionary<string, LineCursor>(cursor.Files, StringComparer.Ordinal);
        var entries = Files()
            .SelectMany(name => Read(name, files.GetValueOrDefault(name)))
            .OrderBy(read => read.Entry.Time) // stable: lines of one file keep their order
            .ToList();
        var lines = new List<(string, string)>(entries.Count);
        foreach (var (name, after, entry) in entries)
        {
            files[name] = after;
            if (trainer is null || entry.Source == trainer)
                lines.Add((new LogCursor(files).ToString(), Text(entry)));
        }

        cursor = new(files);
        return lines;
    }

    /// <summary>The texts of all entries after a cursor.</summary>
    public IEnumerable<string> ReadAll(LogCursor cursor)
    {
        while (Read(ref cursor) is { Count: > 0 } lines)
            foreach (var (_, text) in lines)
                yield return text;
    }

    /// <summary>Goes on with what is written from now on, and says at once and every ten seconds that the line is alive.</summary>
    public async IAsyncEnumerable<SseItem<string>> FollowAsync(
        LogCursor cursor,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        long? said = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var (id, text) in Read(ref cursor))
                yield return new(text, "log") { EventId = id };

            if (said is null || clock.GetElapsedTime(said.Value) > Beat)
            {
                // The answer begins with the first byte, and a proxy waits for neither it nor the next one for long.
                said = clock.GetTimestamp();
                yield return new("{}", "beat");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private IEnumerable<string> Files() => LogFile.In(folder.Path).Select(file => file.Name);

    private IEnumerable<(string Name, LineCursor After, LogEntry Entry)> Read(string name, LineCursor cursor)
    {
        var path = Path.Combine(folder.Path, name);
        var reading = new LineFile(path).ReadAfter(cursor);
        IEnumerable<(LineCursor After, string Text)> lines = reading.Lines;
        if (reading.IsCut || cursor == LineCursor.Start)
        {
            // The file was rotated since, or before: what is missing lies in the one before it.
            var before = new LineFile(RunLog.FullOf(path)).ReadAfter(cursor);
            lines = before.IsCut
                ? lines
                : before.Lines.Select(line => (LineCursor.Start, line.Text)).Concat(lines);
        }

        foreach (var (after, text) in lines)
            if (LogEntry.FromLine(text) is { } entry)
                yield return (name, after, entry);
    }

    private string Text(LogEntry entry) =>
        JsonSerializer.Serialize(
            new LogDocument(folder.RunId, entry.Time, entry.Level, entry.Source, entry.Message),
            ApiJson.Options
        );
}
