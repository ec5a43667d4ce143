using System.Text;
using System.Text.Json;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Folders;

/// <summary>Appends to a run's <c>events.jsonl</c>: one object per line, the same event of the same key once.</summary>
/// <remarks>
/// A line is handed to the operating system whole; of a process killed within, a last line without end remains, which readers pass over and
/// the next writer removes. Another process may append as well, for as long as it has not learnt that the run is not its own any more: each
/// line goes to where the file ends by then.
/// </remarks>
public sealed class EventLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly HashSet<(string Event, string Key)> _seen = [];
    private long _end; // of what is seen

    /// <summary>Opens the file, or begins it.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public EventLog(string path)
    {
        _path = path;
        try
        {
            _file = new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.Read,
                WholeAppend.NoBuffer
            );
            var whole = WholeLines(path, out var length);
            See(whole);
            _file.SetLength(length);
            _end = length;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            _file?.Dispose();
            throw StorageFault.CannotWrite(path, fault);
        }
    }

    /// <summary>Adds a line, unless the same event of the same key is there.</summary>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public bool Append(EventRecord record)
    {
        try
        {
            var isTorn = SeeOthers();
            if (record.Key.Length > 0 && _seen.Contains((record.Event, record.Key)))
            {
                return false;
            }

            byte[] line =
            [
                .. isTorn ? "\n"u8 : [],
                .. JsonSerializer.SerializeToUtf8Bytes(record, EventJson.Default.EventRecord),
                (byte)'\n',
            ];
            WholeAppend.To(_file, line);
            _end = _file.Position;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(_path, fault);
        }

        // Only now: an event that could not be written may be tried again.
        _seen.Add((record.Event, record.Key));
        return true;
    }

    /// <summary>The events in the order they were written; none when there is no file. A line that is not an event is passed over.</summary>
    public static IReadOnlyList<EventRecord> Read(string path) =>
        File.Exists(path) ? [.. WholeLines(path, out _).Select(Parse).OfType<EventRecord>()] : [];

    /// <summary>Removes the events past a round, but for what befell the run: that did happen, and says why it went back. No log may be open on the file.</summary>
    /// <param name="path">The file; it may be missing.</param>
    /// <param name="round">Completed rounds whose events stay.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static void CutAfter(string path, long round)
    {
        if (File.Exists(path))
        {
            var kept = WholeLines(path, out _)
                .Where(line =>
                    Parse(line) is { } record && (record.Round <= round || Incident.Of(record) is not null)
                );
            AtomicFile.Write(path, string.Concat(kept.Select(line => line + "\n")));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Goes to the file's end, and takes in what another process has added.</summary>
    /// <returns>Whether that ends within a line.</returns>
    private bool SeeOthers()
    {
        var added = new byte[Math.Max(0, _file.Length - _end)];
        _file.Seek(-added.Length, SeekOrigin.End);
        _file.ReadExactly(added);
        See(Lines(added));
        return added is [.., not (byte)'\n'];
    }

    private void See(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (Parse(line) is { Key.Length: > 0 } record)
            {
                _seen.Add((record.Event, record.Key));
            }
        }
    }

    private static string[] WholeLines(string path, out int length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        length = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        return Lines(bytes.AsSpan(0, length));
    }

    private static string[] Lines(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static EventRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<EventRecord>(line, RecordJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
