using System.Buffers;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Memory that is written anew while others may still hold chunks of it: its version tells them.</summary>
/// <remarks>
/// A writer changes the version before the bytes; a reader compares the version after reading. If it has changed, the reader discards what it
/// read, as if it had never come.
/// </remarks>
public abstract class VersionedMemory : MemoryManager<byte>
{
    /// <summary>Of the bytes that are there now. No two contents of one arena have the same; 0 is none's.</summary>
    public abstract ulong Version { get; }

    /// <summary>Its bytes are about to change: what others hold of it is not there any more.</summary>
    /// <exception cref="NotSupportedException">The memory is another's.</exception>
    public abstract void Renew();

    /// <summary>How another process of this machine finds bytes of a version.</summary>
    /// <param name="version">Which.</param>
    /// <param name="start">First byte, from the start of this memory.</param>
    /// <param name="length">Bytes.</param>
    public abstract ChunkReference Refer(ulong version, int start, int length);
}
