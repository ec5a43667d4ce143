using System.Collections.Immutable;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Folders;

/// <summary>The runs of a folder that are not over, for who asks again and again: a record is read again only when it was replaced.</summary>
/// <remarks>A folder of thousands of finished runs costs a look at each record's time, not its parsing. For one caller at a time.</remarks>
/// <param name="root">Such as <c>./runs</c>; it may be missing.</param>
/// <param name="clock">Tells whether a record is old enough for its time to say that it is the same.</param>
public sealed class UnfinishedRuns(string root, TimeProvider clock)
{
    // A file system counts time in steps, of two seconds at the coarsest: two replacements within a step cannot be told apart by their time.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private Dictionary<string, Seen> _seen = [];

    /// <summary>Records that were parsed since the beginning.</summary>
    internal long Parsed { get; private set; }

    /// <summary>Ids, newest run first; those whose record cannot be read are left out.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public ImmutableArray<string> List()
    {
        Dictionary<string, Seen> now = [];
        if (Directory.Exists(root))
            foreach (var path in Directory.EnumerateDirectories(root))
                if (Path.GetFileName(path) is var id && RunId.IsId(id) && See(id) is { } seen)
                    now.Add(id, seen);
        _seen = now; // what was removed is forgotten
        return
        [
            .. now.Where(run => !run.Value.IsOver)
                .OrderByDescending(run => run.Value.Created)
                .ThenByDescending(run => run.Key, StringComparer.Ordinal)
                .Select(run => run.Key),
        ];
    }

    private Seen? See(string id)
    {
        var path = new RunFolder(root, id).Record;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            var (written, length) = (file.LastWriteTimeUtc, file.Length);
            if (
                _seen.TryGetValue(id, out var before)
                && before.Written == written
                && before.Length == length
                && before.ReadAt - written > Step
            )
                return before;
            var readAt = clock.GetUtcNow().UtcDateTime;
            Parsed++;
            var record = RunRecord.Read(path);
            return new(written, length, readAt, record.Status.IsEnd(), record.Created);
        }
        catch (Exception fault) when (fault is FaultException || StorageFault.Is(fault))
        {
            // Of this run alone: who asks for it by its id is told, and the next listing reads it again.
            return null;
        }
    }

    private sealed record Seen(
        DateTime Written,
        long Length,
        DateTime ReadAt,
        bool IsOver,
        DateTimeOffset Created
    );
}
