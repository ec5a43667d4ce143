using System.Runtime.InteropServices;

namespace MMOrleans.Runs.Formats;

/// <summary>Makes names durable: a file that was renamed is there after a loss of power only when its folder was written, too.</summary>
/// <remarks>.NET opens no folders, so that this asks the C library. Windows keeps names in the file system's own log.</remarks>
internal static class FolderFlush
{
    private const int ReadOnly = 0;

    /// <summary>Writes a folder's names to the disk.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Whether it did; some network file systems have no such thing, and do without.</returns>
    public static bool Of(string folder)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var descriptor = open(folder, ReadOnly);
        if (descriptor < 0)
            return false;
        try
        {
            return fsync(descriptor) == 0;
        }
        finally
        {
            _ = close(descriptor);
        }
    }

#pragma warning disable IDE1006 // the functions' names in the C library
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int descriptor);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
#pragma warning restore IDE1006
}
