using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.RunFolders;
using Orleans.Concurrency;

namespace MMOrleans.Grains.Runs;

/// <inheritdoc cref="IRunFilesGrain"/>
[StatelessWorker]
internal sealed class RunFilesGrain(RunCatalogue runs) : Grain, IRunFilesGrain
{
    private const int LargestPiece = 1 << 20;

    // Parameters are not for reading through grain calls; what people look at is small.
    private static readonly string[] Shown = [".json", ".jsonl", ".yaml", ".csv", ".txt"];

    private string Folder
    {
        get
        {
            var id = this.GetPrimaryKeyString();
            return RunId.IsId(id) && runs.Folder(id).Exists
                ? runs.Folder(id).Path
                : throw new RunNotFoundException(id);
        }
    }

    public Task<ImmutableArray<RunFile>> ListAsync(CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(Folder);
        return Task.FromResult(
            folder
                .EnumerateFiles(
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }
                )
                .Where(file => Shown.Contains(file.Extension) && file.Name != "endpoint.json")
                .Select(file => new RunFile(
                    Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'),
                    file.Length
                ))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToImmutableArray()
        );
    }

    public async Task<VectorChunk> ReadAsync(
        string name,
        long offset,
        int count,
        CancellationToken cancellationToken
    )
    {
        var path = Path.GetFullPath(Path.Combine(Folder, name));
        if (
            offset < 0
            || count < 0
            || Path.GetFileName(path) == "endpoint.json"
            || !path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || !Shown.Contains(Path.GetExtension(path))
        )
            throw new ArgumentException($"'{name}' is no file of a run that may be read.", nameof(name));
        return await FilePiece.ReadAsync(path, offset, Math.Min(count, LargestPiece), cancellationToken);
    }
}
