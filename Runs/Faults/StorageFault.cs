namespace MMOrleans.Runs.Faults;

/// <summary>Turns what the operating system says about a file into MM5003.</summary>
public static class StorageFault
{
    private const int DiskFullUnix = 28;
    private const int QuotaUnix = 122;
    private const int ReadOnlyUnix = 30;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int WriteProtectedWindows = unchecked((int)0x80070013);

    /// <summary>Whether an exception is about storage at all.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Whether no space is left, on the device or of the user's share of it.</summary>
    public static bool IsFull(Exception exception) =>
        exception is IOException { HResult: DiskFullUnix or DiskFullWindows or QuotaUnix };

    /// <summary>MM5003: what could not be written, why, and what to do.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="exception">What the operating system said.</param>
    /// <param name="key">The configuration key, flag or variable that holds the path.</param>
    public static FaultException CannotWrite(string path, Exception exception, string key = "output.path")
    {
        var (cause, fix) = exception switch
        {
            IOException { HResult: DiskFullUnix or DiskFullWindows } => (
                "no space is left on the device (ENOSPC)",
                "free some space"
            ),
            IOException { HResult: QuotaUnix } => ("the disk quota is used up (EDQUOT)", "free some space"),
            IOException { HResult: ReadOnlyUnix or WriteProtectedWindows } => (
                "the file system is read-only (EROFS)",
                "mount it writable"
            ),
            UnauthorizedAccessException => (
                "access is denied (EACCES)",
                "give this user the right to write there"
            ),
            _ => (exception.Message.TrimEnd('.'), "look at the path"),
        };
        return new FaultException(
            "MM5003",
            $"cannot write {path}: {cause}",
            $"{fix}, or choose another folder with {(key == "output.path" ? "--output DIR (output.path)" : key)}",
            exception
        );
    }
}
