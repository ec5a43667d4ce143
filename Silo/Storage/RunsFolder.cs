namespace MMOrleans.Silo.Storage;

/// <summary>Whether the folder of the runs can be written.</summary>
internal static class RunsFolder
{
    /// <summary>Writes and removes a file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses.</exception>
    public static void Probe(string folder, string name)
    {
        var path = Path.Combine(folder, $".probe-{name}");
        File.WriteAllBytes(path, [1]);
        File.Delete(path);
    }
}
