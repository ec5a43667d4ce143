using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary>Finds the model that a person means by a run, a folder or a file.</summary>
internal static class ModelChoice
{
    private const string Manifest = "checkpoint.json";
    private const int LeftOutAtMost = 8;

    /// <summary>Opens an exported model, or the model of a checkpoint.</summary>
    /// <param name="invocation">Where paths and runs are looked for; told of checkpoints that are passed over.</param>
    /// <param name="what">A run, a checkpoint's folder or a file in it, or an exported model.</param>
    /// <param name="checkpoint">With a run: which; null for the newest intact one.</param>
    /// <param name="runs">Folder of the runs; null for the usual one.</param>
    /// <param name="like">For a file without a card: a run with the same network, classes and images.</param>
    /// <returns>The model, and the run's files where <paramref name="what"/> named a run.</returns>
    public static (StoredModel Model, RunFolder? Folder) Open(
        Invocation invocation,
        string what,
        string? checkpoint,
        string? runs,
        string? like = null
    )
    {
        var path = Path.Combine(invocation.WorkingFolder, what);
        if (like is not null)
        {
            if (!File.Exists(path))
                throw new FaultException(
                    "MM1005",
                    $"--like says what network a model file is of, and {what} is not a file",
                    $"leave out --like {like}, or name the file"
                );
            var (model, run) = Open(invocation, like, checkpoint, runs);
            return (Said(invocation, what, ModelFile.ReadLike(path, model.Card)), run);
        }

        if (
            Directory.Exists(path)
            && !File.Exists(Path.Combine(path, Manifest))
            && ModelFile.OfFolder(path) is { } file
        )
        {
            return (Said(invocation, what, ModelFile.Read(file)), null);
        }

        if (ModelFile.IsName(path) && !Directory.Exists(path) && !IsOfCheckpoint(path))
        {
            return (Said(invocation, what, ModelFile.Read(path)), null);
        }

        var (entry, folder) = Find(invocation, what, path, checkpoint, runs);
        return (StoredModel.Of(entry, folder ?? RunOf(entry), ImageSize.Of), folder);
    }

    private static StoredModel Said(Invocation invocation, string file, StoredModel model)
    {
        if (LeftOut(model.LeftOut) is { } words)
            invocation.Terminal.Say(new Line().Add($"{file}: {words}", "grey"));
        return model;
    }

    /// <summary>Says what of a file was not read; null where all was.</summary>
    public static string? LeftOut(IReadOnlyList<string> keys) =>
        keys.Count == 0
            ? null
            : $"only the network's tensors are read; left out: {string.Join(", ", keys.Take(LeftOutAtMost))}{(keys.Count > LeftOutAtMost ? $" and {keys.Count - LeftOutAtMost} more" : "")}";

    private static bool IsOfCheckpoint(string file) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(file)!, Manifest));

    // A checkpoint in a run's folder: its names and metrics are two folders up.
    private static RunFolder? RunOf(CheckpointEntry entry)
    {
        var run = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(entry.Path)));
        var folder = run is null
            ? null
            : new RunFolder(Path.GetDirectoryName(run) ?? run, Path.GetFileName(run));
        return folder is { Exists: true } ? folder : null;
    }

    private static (CheckpointEntry Entry, RunFolder? Folder) Find(
        Invocation invocation,
        string what,
        string path,
        string? checkpoint,
        string? runs
    )
    {
        var directory =
            Directory.Exists(path) ? path
            : File.Exists(path) ? Path.GetDirectoryName(path)!
            : null;
        if (directory is not null && File.Exists(Path.Combine(directory, Manifest)))
        {
            return (new(directory.TrimEnd(Path.DirectorySeparatorChar)), null);
        }

        if (directory is not null && !File.Exists(Path.Combine(directory, "run.json")))
        {
            throw new FaultException(
                "MM5001",
                $"{what} is not a checkpoint: it holds no {Manifest}",
                "name a run, or a folder such as runs/r-7f3k9q/checkpoints/epoch-0012"
            );
        }

        var folder = invocation.Run(runs, directory ?? what);
        var store = new CheckpointStore(folder.Checkpoints);
        if (checkpoint is not null)
        {
            return (store.FindIntact(checkpoint), folder);
        }

        var newest =
            store.NewestIntact(out var damaged)
            ?? throw new FaultException(
                damaged.Count > 0 ? "MM5001" : "MM1007",
                damaged.Count > 0
                    ? $"every checkpoint of {folder.RunId} is damaged; {damaged[0].Name}: {damaged[0].Damage()}"
                    : $"{folder.RunId} has no checkpoint yet",
                RunRecord.Read(folder.Record).SettingsOrDefaults.Checkpoints.Place is { } place
                    ? $"mm checkpoints fetch {folder.RunId} looks in {place}"
                    : $"mm checkpoints list {folder.RunId}"
            );
        foreach (var entry in damaged)
        {
            invocation.Terminal.Say(
                new Line().Add($"{entry.Name} is damaged and passed over: {entry.Damage()}", "yellow")
            );
        }

        return (newest, folder);
    }
}
