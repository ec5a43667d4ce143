using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace MMOrleans.Client.Processes;

/// <summary>Ends the process now, whatever its threads are doing.</summary>
/// <remarks>
/// <see cref="Environment.Exit"/> has the C library take the native libraries down first; a trainer's thread that computes meanwhile then uses what is
/// no longer there, and the process ends with a crash instead of its exit code.
/// </remarks>
internal static class ForcedExit
{
    /// <param name="code">The process's exit code. What was written and not flushed is lost.</param>
    [DoesNotReturn]
    public static void With(int code)
    {
        if (!OperatingSystem.IsWindows())
            Exit(code);
        // Windows ends the other threads before it takes anything down.
        Environment.Exit(code);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int code);
}
