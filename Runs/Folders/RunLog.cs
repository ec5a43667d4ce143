using System.Globalization;
using System.Text;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Folders;

/// <summary>Writes a run's log, from any thread; the full file before it is kept: <see cref="LogFile"/>.</summary>
public sealed class RunLog : IDisposable
{
    private readonly string _path;
    private readonly long _limit;
    private readonly Lock _gate = new();
    private FileStream? _file;

    /// <summary>Names the file; it is opened, or begun, by the first entry.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">Bytes after which a new file begins.</param>
    public RunLog(string path, long limit = 16 << 20) => (_path, _limit) = (path, limit);

    /// <summary>
    /// Adds an entry; a message of several lines becomes one. A disk that refuses loses it, and the next entry is tried again: a log never stops
    /// training.
    /// </summary>
    public void Write(LogEntry entry)
    {
        var line = Encoding.UTF8.GetBytes(entry.ToLine() + "\n");
        lock (_gate)
        {
            try
            {
                _file ??= Open();
                if (_file.Length > _limit)
                {
                    Close();
                    File.Move(_path, FullOf(_path), overwrite: true);
                    _file = Open();
                }

                _file.Write(line);
                _file.Flush();
            }
            catch (Exception fault) when (StorageFault.Is(fault))
            {
                // What writes checkpoints to the same disk reports it.
                Close();
            }
        }
    }

    /// <summary>The entries of both files, oldest first; a line that is not an entry is passed over.</summary>
    public static IEnumerable<LogEntry> Read(string path) =>
        ((string[])[FullOf(path), path])
            .Where(File.Exists)
            .SelectMany(Lines)
            .Select(LogEntry.FromLine)
            .OfType<LogEntry>();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private void Close()
    {
        var file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // Its entries were flushed one by one; there is nothing left to lose.
        }
    }

    /// <summary>Where the full file before a log lies.</summary>
    public static string FullOf(string path) =>
        LogFile.Of(Path.GetFileName(path)) is { } file
            ? Path.Combine(Path.GetDirectoryName(path)!, file.Full.Name)
            : throw new ArgumentException($"{path} is not a name of a log", nameof(path));

    private static IEnumerable<string> Lines(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private FileStream Open() =>
        new(_path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete);
}

/// <summary>One line of a log.</summary>
/// <param name="Time">UTC.</param>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Source">Who says it: a trainer such as <c>silo-0/t0</c>, or a part; no white space.</param>
/// <param name="Message">One sentence.</param>
public sealed record LogEntry(DateTimeOffset Time, string Level, string Source, string Message)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Such as <c>2026-01-05T10:41:07.123Z warning silo-0/t0 message</c>.</summary>
    public string ToLine() =>
        $"{Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)} {Level, -7} {Source} {Message.ReplaceLineEndings(" ⏎ ")}";

    /// <returns>The entry, or null when the line is none.</returns>
    public static LogEntry? FromLine(string line)
    {
        var parts = line.Split(' ', 2);
        if (
            parts.Length < 2
            || !DateTimeOffset.TryParseExact(
                parts[0],
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
        )
        {
            return null;
        }

        var rest = parts[1].Split(' ', 2, StringSplitOptions.TrimEntries);
        var end = rest.Length == 2 ? rest[1].Split(' ', 2) : [];
        return end.Length == 2 ? new LogEntry(time, rest[0], end[0], end[1]) : null;
    }
}
