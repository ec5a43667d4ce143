using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Folders;

/// <summary>All runs of a folder, and what a person's word for one of them means.</summary>
/// <param name="root">Such as <c>./runs</c>; it may be missing.</param>
public sealed class RunCatalogue(string root)
{
    internal const string LatestFile = "latest";
    private const int ListedAtMost = 10;

    /// <summary>The run that was started last; null when there is none.</summary>
    public string? Latest()
    {
        try
        {
            var id = File.ReadAllText(Path.Combine(root, LatestFile)).Trim();
            return RunId.IsId(id) && Folder(id).Exists ? id : Newest();
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return Newest();
        }
    }

    /// <summary>The files of a run that may or may not exist.</summary>
    public RunFolder Folder(string runId) => new(root, runId);

    /// <summary>Every run whose record can be read, newest first.</summary>
    /// <param name="unreadable">Ids of runs whose record cannot.</param>
    public IReadOnlyList<RunRecord> List(out IReadOnlyList<string> unreadable)
    {
        var records = new List<RunRecord>();
        var broken = new List<string>();
        unreadable = broken;
        foreach (var id in Ids())
        {
            try
            {
                records.Add(RunRecord.Read(Folder(id).Record));
            }
            catch (FaultException)
            {
                broken.Add(id);
            }
        }

        records.Sort((a, b) => (b.Created, b.Id).CompareTo((a.Created, a.Id)));
        return records;
    }

    /// <inheritdoc cref="List(out IReadOnlyList{string})"/>
    public IReadOnlyList<RunRecord> List() => List(out _);

    /// <summary>A new id that no run here has.</summary>
    public string NewId() => RunId.New(id => Directory.Exists(Folder(id).Path));

    /// <summary>The run that an id, a unique beginning of one, a name, or <c>latest</c> means.</summary>
    /// <exception cref="FaultException">MM1009: several runs match, listed in the message. MM1007: none does.</exception>
    public RunFolder Resolve(string spelling)
    {
        var ids = Ids();
        if (RunId.MayNameARun(spelling) && Folder(spelling).Exists)
        {
            return Folder(spelling);
        }

        if (spelling == LatestFile && Latest() is { } latest)
        {
            return Folder(latest);
        }

        var matches = ids.Where(id =>
                spelling.Length > 0 && id.StartsWith(spelling, StringComparison.Ordinal)
            )
            .ToList();
        if (matches.Count == 0)
        {
            matches = [.. List().Where(record => record.Name == spelling).Select(record => record.Id)];
        }

        return matches.Count switch
        {
            1 => Folder(matches[0]),
            0 => throw NoRun(spelling, ids.Count),
            _ => throw new FaultException(
                "MM1009",
                $"'{spelling}' matches {matches.Count} runs: {string.Join(", ", matches.Take(ListedAtMost))}{(matches.Count > ListedAtMost ? ", …" : "")}",
                $"write one of them in full, such as {matches[0]}"
            ),
        };
    }

    private FaultException NoRun(string spelling, int runs)
    {
        var quoted = root.Any(char.IsWhiteSpace) ? $"'{root}'" : root;
        return !Directory.Exists(root)
                ? new(
                    "MM1007",
                    $"there is no run '{spelling}': there is no folder {root}",
                    "go to the folder in which mm trained, or name the folder of the runs with MM_OUTPUT_DIR"
                )
            : runs == 0
                ? new(
                    "MM1007",
                    $"there is no run '{spelling}': {root} holds no runs",
                    "name the folder of the runs with MM_OUTPUT_DIR; a first run is made by: mm train"
                )
            : new(
                "MM1007",
                $"there is no run '{spelling}' in {root}",
                $"list the runs with: mm runs --output {quoted}"
            );
    }

    private List<string> Ids() =>
        Directory.Exists(root)
            ?
            [
                .. Directory
                    .EnumerateDirectories(root)
                    .Select(path => Path.GetFileName(path))
                    .Where(id => RunId.IsId(id) && Folder(id).Exists)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private string? Newest() => List() is [var newest, ..] ? newest.Id : null;
}
