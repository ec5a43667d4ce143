using System.Runtime.InteropServices;

namespace MMOrleans.Learning.Training;

/// <summary>Gives cuBLAS a workspace of fixed size, without which its sums differ from run to run.</summary>
/// <remarks>
/// cuBLAS reads CUBLAS_WORKSPACE_CONFIG of the C environment when its first handle is made, so this must come before. The runtime's own
/// copy of the environment is not what native libraries see; hence the C functions.
/// </remarks>
internal static unsafe class CublasWorkspace
{
    private static ReadOnlySpan<byte> Name => "CUBLAS_WORKSPACE_CONFIG\0"u8;

    /// <summary>What cuBLAS will read; null when nothing is set.</summary>
    public static string? Current
    {
        get
        {
            fixed (byte* name = Name)
            {
                var get = (delegate* unmanaged<byte*, nint>)Function("getenv");
                return Marshal.PtrToStringUTF8(get(name));
            }
        }
    }

    /// <summary>Sets :4096:8 where nothing is set.</summary>
    /// <exception cref="FaultException">MM9002: another, not reproducible size is set.</exception>
    public static void Fix()
    {
        Check(Current);
        fixed (byte* name = Name)
        fixed (byte* value = ":4096:8\0"u8)
        {
            var set = (delegate* unmanaged<byte*, byte*, int, int>)Function("setenv");
            _ = set(name, value, 0); // 0: what is set stays
        }
    }

    /// <summary>Refuses a size with which results differ from run to run.</summary>
    internal static void Check(string? setting)
    {
        if (setting is not (null or ":4096:8" or ":16:8"))
        {
            throw new FaultException(
                "MM9002",
                $"CUBLAS_WORKSPACE_CONFIG is '{setting}', with which cuBLAS does not repeat its results, and a strict run on CUDA needs that",
                "unset CUBLAS_WORKSPACE_CONFIG or set it to :4096:8, or --set strict=false"
            );
        }
    }

    private static nint Function(string name) =>
        NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}
