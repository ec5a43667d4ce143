using System.Text;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Formats;

/// <summary>Replaces a file's whole content: readers see the old or the new, a killed process leaves the old.</summary>
public static class AtomicFile
{
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">Written as UTF-8.</param>
    /// <param name="mode">Rights of the file from its first byte on; null for the user's default.</param>
    /// <param name="key">The configuration key or flag that holds the path, for refusals.</param>
    /// <param name="writer">Who writes, where several may at the same moment: each has a temporary file of its own.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static void Write(
        string path,
        string content,
        UnixFileMode? mode = null,
        string key = "output.path",
        string? writer = null
    ) => Write(path, Encoding.UTF8.GetBytes(content), mode, key, writer);

    /// <inheritdoc cref="Write(string, string, UnixFileMode?, string, string?)"/>
    public static void Write(
        string path,
        ReadOnlySpan<byte> content,
        UnixFileMode? mode = null,
        string key = "output.path",
        string? writer = null
    )
    {
        // One writer owns a run's files, so one temporary name is enough and a leftover is overwritten.
        var temporary = Path.Combine(
            Path.GetDirectoryName(path)!,
            $".{Path.GetFileName(path)}.{(writer is null ? "" : writer + ".")}writing"
        );
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
            };
            if (mode is not null && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            File.Delete(temporary);
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FolderFlush.Of(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(path, fault, key);
        }
    }
}
