using System.Runtime.InteropServices;

namespace MMOrleans.Grains.DataShards;

/// <summary>When a file last changed in any way, also when its contents or name were replaced and its time of writing was set back.</summary>
/// <remarks>
/// On Linux the inode's change time, which no program can set (statx(2), whose structure is the same on every processor). .NET shows only times that
/// a copy may carry along; elsewhere the time of creation has to do.
/// </remarks>
internal static class ChangeTime
{
    private const int AtWorkingFolder = -100;
    private const uint OfChange = 0x80;

    /// <param name="path">The file; links are followed.</param>
    /// <returns>A number that differs after a change; 0 where it cannot be asked for.</returns>
    public static long Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.GetCreationTimeUtc(path).Ticks;
        return statx(AtWorkingFolder, path, 0, OfChange, out var status) == 0
            ? (status.ChangeSeconds * 1_000_000_000) + status.ChangeNanoseconds
            : 0;
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006 // the function's name in the C library
    private static extern int statx(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        out Status status
    );
#pragma warning restore IDE1006

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(96)]
        public long ChangeSeconds;

        [FieldOffset(104)]
        public uint ChangeNanoseconds;
    }
}
