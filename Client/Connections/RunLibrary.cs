using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Connections;

/// <summary>The runs that a verb may speak of: those of a folder here, or copies of what a cluster has.</summary>
/// <remarks>Copies hold records, metrics and logs in a temporary folder; so verbs read one kind of thing, wherever it is.</remarks>
internal sealed class RunLibrary : IAsyncDisposable
{
    private const string RecordFile = "run.json";

    private readonly RunCatalogue _catalogue;
    private readonly string _root;
    private readonly Func<string, RunFolder> _find;

    private RunLibrary(string root, ICluster? cluster, Func<string, RunFolder>? find = null)
    {
        (_root, Cluster) = (root, cluster);
        _catalogue = new(root);
        _find = find ?? _catalogue.Resolve;
    }

    /// <summary>The cluster; null for a folder here.</summary>
    public ICluster? Cluster { get; }

    /// <param name="invocation">Says which cluster, or where runs are here.</param>
    /// <param name="folder">Value of <c>--output</c>.</param>
    /// <param name="cancellationToken">Ends the attempt to connect.</param>
    public static async Task<RunLibrary> OpenAsync(
        Invocation invocation,
        string? folder,
        CancellationToken cancellationToken
    ) =>
        invocation.Cluster is { } address
            ? new(
                Directory.CreateTempSubdirectory("mm-").FullName,
                await invocation.SayingAsync(
                    address.ConnectAsync(cancellationToken),
                    $"connecting to {address.Text}"
                )
            )
            : new(invocation.RunsFolder(folder), null, spelling => invocation.Run(folder, spelling));

    /// <summary>All runs.</summary>
    public async Task<RunCatalogue> CatalogueAsync(CancellationToken cancellationToken)
    {
        if (Cluster is { } cluster)
        {
            foreach (var batch in (await cluster.ListRunsAsync(cancellationToken)).Chunk(16))
            {
                await Task.WhenAll(
                    batch.Select(id => CopyAsync(cluster, id, RecordFile, 1, cancellationToken))
                );
            }
        }

        return _catalogue;
    }

    /// <summary>The run that a person means; of a cluster, a fresh copy of all its small files.</summary>
    /// <exception cref="FaultException">MM1007, MM1009: no run or several.</exception>
    public async Task<RunFolder> ResolveAsync(string spelling, CancellationToken cancellationToken)
    {
        if (Cluster is null)
        {
            return _find(spelling);
        }

        var catalogue = await CatalogueAsync(cancellationToken);
        try
        {
            var folder = catalogue.Resolve(spelling);
            await RefreshAsync(folder, cancellationToken);
            return folder;
        }
        catch (FaultException fault) when (fault.Code == "MM1007")
        {
            throw new FaultException(
                "MM1007",
                $"there is no run '{spelling}' on {Cluster.Address.Text}",
                $"list the runs with: mm runs --cluster {Cluster.Address.Text}"
            );
        }
    }

    /// <summary>A copy of a run whose id is known.</summary>
    public async Task<RunFolder> CopyAsync(string runId, CancellationToken cancellationToken)
    {
        var folder = _catalogue.Folder(runId);
        await RefreshAsync(folder, cancellationToken);
        return folder;
    }

    /// <summary>Fetches what has changed since; nothing for a folder here.</summary>
    public async Task RefreshAsync(RunFolder folder, CancellationToken cancellationToken)
    {
        if (Cluster is not { } cluster)
        {
            return;
        }

        foreach (var file in await cluster.ListFilesAsync(folder.RunId, cancellationToken))
        {
            await CopyAsync(cluster, folder.RunId, file.Name, file.Length, cancellationToken);
        }

        folder.MergeLogs();
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is null)
        {
            return;
        }

        Directory.Delete(_root, recursive: true);
        await Cluster.DisposeAsync();
    }

    private async Task CopyAsync(
        ICluster cluster,
        string runId,
        string name,
        long listed,
        CancellationToken cancellationToken
    )
    {
        var folder = _catalogue.Folder(runId);
        var path = Path.GetFullPath(Path.Combine(folder.Path, name));
        if (
            !path.StartsWith(
                Path.GetFullPath(folder.Path) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
        )
        {
            return; // a name that leaves the folder is none of ours
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(folder.CopyMark, cluster.Address.Text, cancellationToken);
        using var copy = new MemoryStream();
        await cluster.ReadFileAsync(runId, name, copy, cancellationToken);
        if (copy.Length == 0 && listed > 0)
        {
            return; // removed since it was listed
        }

        await File.WriteAllBytesAsync(path, copy.ToArray(), cancellationToken);
    }
}
