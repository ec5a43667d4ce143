namespace MMOrleans.Client.Commands;

/// <summary>Takes away the folders on the way to a path that were not there before, if they are empty in the end.</summary>
internal sealed class NewFolders : IDisposable
{
    private readonly List<string> _new;

    private NewFolders(List<string> folders) => _new = folders;

    public static NewFolders Of(string path)
    {
        List<string> missing = [];
        for (
            var folder = Path.GetFullPath(path);
            folder is not null && !Path.Exists(folder);
            folder = Path.GetDirectoryName(folder)
        )
            missing.Add(folder);
        return new(missing);
    }

    public void Dispose()
    {
        foreach (var folder in _new)
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
    }
}
