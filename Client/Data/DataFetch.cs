using MMOrleans.Client.Errors;
using MMOrleans.Learning;
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
    /// <exception cref="MmError">MM2001 offline and not there; MM2002, MM2003, MM5003 as in <see cref="Download"/>.</exception>
    /// <exception cref="LearningFault">MM2004, MM2007: the archive is not what it should be.</exception>
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
            throw new MmError(
                "MM2001",
                $"{archive.Layout.Name} is not whole in {folder}, and --offline forbids fetching it",
                $"mm data fetch {archive.Dataset}"
            );

        var (packed, unpacked) = (folder + ".tar.gz", folder + ".unpacking");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            await download.FetchAsync(archive.Mirrors, archive.Md5, packed, cancellationToken);
            if (Directory.Exists(unpacked))
                Directory.Delete(unpacked, recursive: true);
            CifarFiles.Unpack(archive.Layout, packed, unpacked);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.Move(unpacked, folder);
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            throw new MmError(
                "MM5003",
                $"cannot write {folder}: {disk.Message}",
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
}
