using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Folders;

/// <summary>The lock of a run's folder: a file that the process which writes there holds open, exclusively.</summary>
/// <remarks>
/// The operating system releases it when the process ends, however it ends, and it counts across PID namespaces. The file stays: removing it
/// would let two processes lock two files of one name.
/// </remarks>
internal static class WriterLock
{
    private const int LockedLinux = 11;
    private const int LockedMac = 35;
    private const int SharingWindows = unchecked((int)0x80070020);
    private const int LockedWindows = unchecked((int)0x80070021);

    /// <summary>Takes it; it is held until the stream is closed.</summary>
    /// <returns>Null when another has it.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static FileStream? TryTake(RunFolder folder)
    {
        try
        {
            return Open(folder.WriterLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (IsTaken(fault))
        {
            return null;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(folder.WriterLock, fault);
        }
    }

    /// <summary>Whether a process has it, this one too. Takes it shared for an instant, which no file needs to be written for.</summary>
    public static bool IsTaken(RunFolder folder)
    {
        try
        {
            Open(folder.WriterLock, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return IsWrittenWithout(folder);
        }
        catch (IOException fault) when (IsTaken(fault))
        {
            return true;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return false; // the folder cannot be read: there is no sign of a writer
        }
    }

    /// <summary>Whether a process without the lock writes there: a process of an earlier version, or a silo that goes on without it.</summary>
    /// <remarks>A writer holds the run's events open, which the operating system knows as a lock that others may share.</remarks>
    public static bool IsWrittenWithout(RunFolder folder)
    {
        try
        {
            Open(folder.Events, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException fault) when (IsTaken(fault))
        {
            return true;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return false; // no events yet, or a read-only folder
        }
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) =>
        new(path, mode, access, share, bufferSize: 0);

    private static bool IsTaken(IOException fault) =>
        fault.HResult is LockedLinux or LockedMac or SharingWindows or LockedWindows;
}
