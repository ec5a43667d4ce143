using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Folders;
using Orleans.Concurrency;

namespace MMOrleans.Grains.Runs;

/// <inheritdoc cref="IRunFilesGrain"/>
[StatelessWorker]
internal sealed class RunFilesGrain(RunCatalogue runs) : Grain, IRunFilesGrain
{
    private const int LargestPiece = 1 << 20;

    private RunFolder Folder
    {
        get
        {
            var id = this.GetPrimaryKeyString();
            return RunId.IsId(id) && runs.Folder(id) is { Exists: true } folder
                ? folder
                : throw new RunNotFoundException(id);
        }
    }

    public Task<ImmutableArray<RunFile>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            ShownFiles.List(Folder).Select(file => new RunFile(file.Name, file.Length)).ToImmutableArray()
        );

    public async Task<VectorChunk> ReadAsync(
        string name,
        long offset,
        int count,
        CancellationToken cancellationToken
    )
    {
        var path = ShownFiles.Find(Folder, name);
        if (path is null || offset < 0 || count < 0)
            throw new ArgumentException($"'{name}' is not a file of a run that may be read.", nameof(name));
        return await FilePiece.ReadAsync(path, offset, Math.Min(count, LargestPiece), cancellationToken);
    }
}
