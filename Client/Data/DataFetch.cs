using MMOrleans.Learning.Datasets;

namespace MMOrleans.Client.Data;

/// <summary>Brings a published data set into a folder: whole and checked, or not at all.</summary>
/// <param name="download">How its archive comes.</param>
internal sealed class DataFetch(Download download)
{
    /// <returns>Whether anything had to be fetched.</returns>
    /// <param name="archive">What.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="repair">Fetch even where files lie whose contents nothing is known of.</param>
    /// <param name="offline">Fetch nothing: say whether it is there.</param>
    /// <param name="cancellationToken">Leaves the part that arrived.</param>
    /// <exception cref="FaultException">MM2001 offline and not there; MM2002, MM2003, MM5003 as in <see cref="Download"/>.</exception>
    /// <exception cref="FaultException">MM2004, MM2007: the archive is not what it should be.</exception>
    public async Task<bool> RunAsync(
        PublishedArchive archive,
        string folder,
        bool repair,
        bool offline,
        CancellationToken cancellationToken
    )
    {
        var checks = CifarFiles.Check(archive.Layout, folder);
        if (checks.All(c => c.Fault is null) && (!repair || checks.All(c => c.IsKnown)))
            return false;
        if (checks.FirstOrDefault(c => c is { Bytes: not null, Fault: not null }) is { } wrong && !repair)
            throw wrong.Fault!; // somebody's files are there: they are not replaced unasked
        if (offline)
            throw new FaultException(
                "MM2001",
                $"{archive.Layout.Name} is not whole in {folder}, and --offline forbids fetching it",
                $"mm data fetch {archive.Dataset}"
            );

        // Into a folder that is there file by file: it may be a mount point, or hold what is none of ours.
        var isThere = Directory.Exists(folder);
        var beside = isThere ? Path.Combine(folder, archive.Dataset) : folder;
        var (packed, unpacked) = ($"{beside}.mm-fetch", $"{beside}.mm-fetch-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(beside)!);
            await download.FetchAsync(archive.Mirrors, archive.Md5, packed, cancellationToken);
            CifarFiles.Unpack(archive.Layout, packed, unpacked);
            if (isThere)
                MoveFiles(unpacked, folder);
            else
                Directory.Move(unpacked, folder);
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM5003",
                $"cannot write {folder}: {disk.Message.TrimEnd('.')}",
                "free space, or choose another folder with --to DIR",
                disk
            );
        }
        finally
        {
            File.Delete(packed);
            if (Directory.Exists(unpacked))
                Directory.Delete(unpacked, recursive: true);
        }

        return true;
    }

    // The checksums come last: files without them are known to be unfinished. Those of other files stay.
    private static void MoveFiles(string from, string to)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(from)
                .OrderBy(file => Path.GetFileName(file) == Sha256Sums.FileName)
                .ThenBy(file => file, StringComparer.Ordinal)
                .ToList()
        )
        {
            var target = Path.Combine(to, Path.GetFileName(file));
            if (Path.GetFileName(file) == Sha256Sums.FileName && File.Exists(target))
                File.AppendAllLines(file, OfOthers(target, from));
            File.Move(file, target, overwrite: true);
        }
    }

    private static List<string> OfOthers(string sums, string ours) =>
        [
            .. File.ReadLines(sums)
                .Where(line =>
                    line.Split(' ', 2) is [_, var name]
                    && !File.Exists(Path.Combine(ours, name.TrimStart(' ', '*')))
                ),
        ];
}
