using System.Runtime.InteropServices;

namespace MMOrleans.Learning.Training;

/// <summary>Tells the C library's heap to keep what is freed, for the whole process.</summary>
/// <remarks>
/// A training step allocates and frees the same hundreds of megabytes each time. glibc gives them back to the kernel, which clears
/// every page anew at the next step: tens of thousands of page faults a second, a tenth of a trainer's time. Kept, a process holds
/// what its largest step needs. Other C libraries have no such settings and are left alone.
/// </remarks>
internal static partial class NativeHeap
{
    // Parameters of mallopt(3).
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    private const int Never = int.MaxValue;

    /// <summary>The size of a thread's heap; a spare of this much keeps an empty one from being given back.</summary>
    private const int Spare = 64 << 20;

    /// <summary>The largest that glibc accepts: larger blocks are mapped and unmapped each time.</summary>
    private const int LargestKept = 32 << 20;

    private static readonly Lazy<bool> Kept = new(Set);

    /// <returns>False where the C library has no such settings.</returns>
    public static bool KeepPages() => Kept.Value;

    private static bool Set()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return MallOpt(TrimThreshold, Never) + MallOpt(TopPad, Spare) + MallOpt(MapThreshold, LargestKept)
                == 3;
        }
        catch (Exception lacking) when (lacking is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
