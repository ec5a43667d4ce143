using System.Globalization;
using System.IO.MemoryMappedFiles;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>Another process's arena, mapped for reading.</summary>
/// <remarks>
/// Every chunk of it keeps it mapped; the garbage collector unmaps it after the last one. The mapping and its bytes outlive the process that
/// owns them.
/// </remarks>
internal sealed unsafe class ForeignArena
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly long _length;

    private ForeignArena(ArenaAddress address, MemoryMappedViewAccessor view)
    {
        (Address, _view, _length) = (address, view, address.Length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>Unmaps it.</summary>
    ~ForeignArena() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <summary>What it was opened by.</summary>
    public ArenaAddress Address { get; }

    /// <summary>Maps an arena of this machine.</summary>
    /// <returns>Null when it cannot be opened, or what was opened is something else.</returns>
    public static ForeignArena? TryOpen(ArenaAddress address)
    {
        if (!OperatingSystem.IsLinux() || address.Length < ArenaLayout.FirstRegion)
            return null;
        try
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"/proc/{address.Process}/fd/{address.Descriptor}"
            );
            // The silo of another machine means another process by the number: to open its pipe or its device may wait, or do something.
            if (new FileInfo(path).LinkTarget != ArenaLayout.Link)
                return null;
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (RandomAccess.GetLength(file) != address.Length)
                return null;
            using var mapping = MemoryMappedFile.CreateFromFile(
                file,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: true
            );
            var arena = new ForeignArena(
                address,
                mapping.CreateViewAccessor(0, address.Length, MemoryMappedFileAccess.Read)
            );
            return ArenaLayout.Name(arena._start) == address.Arena ? arena : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null; // another machine, user or namespace
        }
    }

    /// <summary>The bytes that a reference names.</summary>
    /// <returns>Null when it names none of this arena.</returns>
    public VectorChunk? Find(ChunkReference reference) =>
        reference.Arena == Address.Arena
        && reference.Entry is >= 0 and < ArenaLayout.Entries
        && reference.Length >= 0
        && reference.Offset >= ArenaLayout.FirstRegion
        && reference.Offset <= _length - reference.Length
            ? VectorChunk.Of(
                new ForeignMemory(this, reference.Entry, reference.Offset, reference.Length),
                reference.Version
            )
            : null;

    internal ulong Version(int entry) => Volatile.Read(ref ArenaLayout.Version(_start, entry));

    internal Span<byte> Bytes(long offset, int length) => new(_start + offset, length);

    internal byte* At(long offset) => _start + offset;
}
