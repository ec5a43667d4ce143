using System.ComponentModel;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>A process's memory for vectors that other processes of the machine read where they lie.</summary>
/// <remarks>
/// <para>
/// The memory has no name in any file system (memfd_create): others open it through the owner's entry in /proc, which they may if they are
/// of the same user, and the kernel frees it with the last process that maps it. So no death of any process leaves anything behind, and
/// neither the size nor the absence of /dev/shm matters.
/// </para>
/// <para>
/// Pages are taken when they are first written. It is unmapped by the collector alone: a device's thread may write into a region whose
/// trainer is being let go. Safe for any number of threads.
/// </para>
/// </remarks>
internal sealed unsafe partial class Arena
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, long> _free = []; // offset to length
    private readonly Stack<int> _entries = new(Enumerable.Range(0, ArenaLayout.Entries).Reverse());
    private readonly SafeFileHandle _file; // others open it by its number
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private ulong _version;
    private long _used;

    private Arena(SafeFileHandle file, long length)
    {
        _file = file;
        using var mapping = MemoryMappedFile.CreateFromFile(
            file,
            null,
            length,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        _view = mapping.CreateViewAccessor(0, length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        Span<byte> name = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(name);
        Address = new(
            Environment.ProcessId,
            (int)file.DangerousGetHandle(),
            MemoryMarshal.Read<ulong>(name) | 1, // 0 is no arena
            length
        );
        ArenaLayout.Name(_start) = Address.Arena;
        _free.Add(ArenaLayout.FirstRegion, length - ArenaLayout.FirstRegion);
    }

    /// <summary>Unmaps it.</summary>
    ~Arena() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <summary>How others map it.</summary>
    public ArenaAddress Address { get; }

    /// <summary>Bytes of the regions in use.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Makes one.</summary>
    /// <param name="length">Bytes that its regions may have together.</param>
    /// <exception cref="PlatformNotSupportedException">The operating system has no memory without a name.</exception>
    /// <exception cref="IOException">It refuses to give any.</exception>
    public static Arena Create(long length)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException(
                "Memory is shared between processes on Linux only; vectors go in calls."
            );
        var descriptor = MemFdCreate(ArenaLayout.KernelName, CloseOnExec);
        if (descriptor < 0)
            throw new IOException(
                $"memfd_create failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}"
            );
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            var whole = ArenaLayout.RoundUp(ArenaLayout.FirstRegion + length);
            RandomAccess.SetLength(file, whole);
            return new(file, whole);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A region of so many bytes; null when the arena is full.</summary>
    public SharedRegion? Take(int bytes)
    {
        var length = ArenaLayout.RoundUp(Math.Max(1, bytes));
        lock (_lock)
        {
            foreach (var (offset, room) in _free)
            {
                if (room < length || !_entries.TryPop(out var entry))
                    continue;
                _free.Remove(offset);
                if (room > length)
                    _free.Add(offset + length, room - length);
                _used += length;
                var region = new SharedRegion(this, entry, offset, bytes);
                region.Renew();
                return region;
            }
        }

        return null;
    }

    /// <summary>Takes a region back, and its pages. What others still hold of it is not there any more.</summary>
    public void Return(SharedRegion region)
    {
        var length = ArenaLayout.RoundUp(Math.Max(1, region.Length));
        lock (_lock)
        {
            region.Renew(); // for readers in this process, too
            GiveBack(_start + region.Offset, length);
            _entries.Push(region.Entry);
            _used -= length;
            var (offset, room) = (region.Offset, length);
            if (_free.Remove(offset + room, out var behind))
                room += behind;
            foreach (var (before, its) in _free)
                if (before + its == offset)
                {
                    _free.Remove(before);
                    (offset, room) = (before, its + room);
                    break;
                }

            _free.Add(offset, room);
        }
    }

    /// <summary>A region's bytes are about to change.</summary>
    internal ulong Renew(int entry)
    {
        var version = Interlocked.Increment(ref _version);
        Volatile.Write(ref ArenaLayout.Version(_start, entry), version);
        Interlocked.MemoryBarrier(); // before the first of the bytes
        return version;
    }

    internal byte* At(long offset) => _start + offset;

    private const uint CloseOnExec = 1;
    private const int Remove = 9; // MADV_REMOVE: the pages of the file itself are freed

    private static void GiveBack(byte* start, long length)
    {
        // Refused by an old kernel, the pages stay with the arena until its process ends.
        _ = MAdvise(start, (nuint)length, Remove);
    }

    [LibraryImport(
        "libc",
        EntryPoint = "memfd_create",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int MemFdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int MAdvise(byte* address, nuint length, int advice);
}
