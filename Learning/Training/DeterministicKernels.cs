using System.Runtime.InteropServices;

namespace MMOrleans.Learning.Training;

/// <summary>Makes libtorch choose deterministic kernels, for the whole process.</summary>
/// <remarks>
/// TorchSharp 0.107 has the switch in its interface but not behind it, so the library is asked directly, by the names that its C++
/// functions have on Linux, where alone CUDA is supported. Needed for CUDA only: with one intra-op thread the CPU's kernels are
/// deterministic. cuBLAS asks for a fixed workspace besides: <see cref="CublasWorkspace"/>.
/// </remarks>
internal static unsafe class DeterministicKernels
{
    private const string Context = "_ZN2at13globalContextEv";
    private const string Set = "_ZN2at7Context26setDeterministicAlgorithmsEbb";
    private const string SetFill = "_ZN2at7Context39setDeterministicFillUninitializedMemoryEb";
    private const string Get = "_ZNK2at7Context23deterministicAlgorithmsEv";

    /// <exception cref="FaultException">MM9002: this build of libtorch lacks the switch, or the workspace is set otherwise.</exception>
    public static void Use(bool deterministic)
    {
        var (library, context) = Open();
        if (deterministic)
            CublasWorkspace.Fix();
        var on = (byte)(deterministic ? 1 : 0);
        ((delegate* unmanaged<nint, byte, byte, void>)Function(library, Set))(context, on, 0);
        // Otherwise every tensor made without values would be filled with NaN first, at the price of a kernel each.
        ((delegate* unmanaged<nint, byte, void>)Function(library, SetFill))(context, 0);
    }

    /// <summary>Whether the switch is on.</summary>
    public static bool AreOn
    {
        get
        {
            var (library, context) = Open();
            return ((delegate* unmanaged<nint, byte>)Function(library, Get))(context) != 0;
        }
    }

    private static (nint Library, nint Context) Open()
    {
        var folder = Path.GetDirectoryName(TorchLibrary.Probe().Path) ?? "";
        if (!NativeLibrary.TryLoad(Path.Combine(folder, "libtorch_cpu.so"), out var library))
            throw Lacking("libtorch_cpu.so");
        return (library, ((delegate* unmanaged<nint>)Function(library, Context))());
    }

    private static nint Function(nint library, string name) =>
        NativeLibrary.TryGetExport(library, name, out var function) ? function : throw Lacking(name);

    private static FaultException Lacking(string what) =>
        new(
            "MM9002",
            $"this build of libtorch lacks {what}, so its kernels cannot be made deterministic, which a strict run on CUDA needs",
            "--set strict=false, or --device cpu"
        );
}
