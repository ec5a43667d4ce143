using System.Runtime.CompilerServices;

namespace MMOrleans.Grains.Transport;

/// <summary>How an arena is laid out: its name, the versions of its regions, and the regions, each from a page of its own on.</summary>
internal static class ArenaLayout
{
    /// <summary>What the kernel calls an arena's memory in its messages and in /proc.</summary>
    public const string KernelName = "mm-vectors";

    /// <summary>Where /proc says that an arena's descriptor leads.</summary>
    public const string Link = $"/memfd:{KernelName} (deleted)";

    /// <summary>Regions that an arena can have.</summary>
    public const int Entries = 1 << 14;

    /// <summary>Regions begin and end at pages, so that the pages of one that is over can be given back.</summary>
    public const int Page = 4096;

    private const int NameOffset = 0;
    private const int VersionsOffset = 64;

    /// <summary>Where the first region begins.</summary>
    public static long FirstRegion => RoundUp(VersionsOffset + ((long)Entries * sizeof(ulong)));

    public static long RoundUp(long bytes) => (bytes + Page - 1) / Page * Page;

    /// <summary>The arena's random name.</summary>
    public static unsafe ref ulong Name(byte* arena) => ref Unsafe.AsRef<ulong>(arena + NameOffset);

    /// <summary>The version of an entry's region.</summary>
    public static unsafe ref ulong Version(byte* arena, int entry) =>
        ref Unsafe.AsRef<ulong>(arena + VersionsOffset + ((long)entry * sizeof(ulong)));
}
