using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace MMOrleans.Learning.Training;

/// <summary>What the search for libtorch found.</summary>
/// <param name="Loads">Tensors can be used in this process.</param>
/// <param name="Wanted">libtorch version that TorchSharp was built for, as <c>2.10.0</c>.</param>
/// <param name="Found">Version of the library that loaded; null when none did.</param>
/// <param name="Path">File that was loaded or tried; null when none was found.</param>
/// <param name="Reason">Why it does not load, in the loader's words; null when it does.</param>
public sealed record TorchLibraryStatus(
    bool Loads,
    string Wanted,
    string? Found,
    string? Path,
    string? Reason
);

/// <summary>Says whether libtorch loads in this process, and which one it is.</summary>
public static class TorchLibrary
{
    private const string Wanted = "2.10.0";
    private static readonly Lazy<TorchLibraryStatus> Status = new(() => Look(SearchFolders()));

    /// <summary>Loads libtorch the first time it is asked; never throws.</summary>
    /// <remarks>
    /// TorchSharp loads it in a static constructor, whose failure hides the loader's words and poisons the type for the rest of the
    /// process. So the file is opened here first, by path, and TorchSharp is touched only once that has worked.
    /// </remarks>
    public static TorchLibraryStatus Probe() => Status.Value;

    /// <summary>Names everything that the bits of a result depend on besides the specification.</summary>
    /// <remarks>Trainers of a strict run must report the same text. Loads libtorch.</remarks>
    public static string Fingerprint(torch.Device device) =>
        Fingerprint(
            device.type == DeviceType.CUDA
                ? CudaFacts.Read(Path.GetDirectoryName(Probe().Path) ?? AppContext.BaseDirectory)
                : null
        );

    /// <summary>The same, with what is known of the cards given.</summary>
    /// <param name="cuda">Null for the processor.</param>
    internal static string Fingerprint(CudaFacts? cuda)
    {
        var torchSharp = typeof(torch).Assembly.GetName().Version!.ToString(3);
        return $"torchsharp {torchSharp}; libtorch {Probe().Found ?? "none"}; {(cuda is null ? "cpu" : "cuda")}; "
            + $"{RuntimeInformation.RuntimeIdentifier}; {CpuCapability}{(cuda is null ? "" : $"; {cuda}")}";
    }

    /// <summary>The widest vectors that the processor offers; libtorch chooses its kernels by it.</summary>
    public static string CpuCapability { get; } =
        Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported ? "avx512"
        : Avx2.IsSupported && Fma.IsSupported ? "avx2"
        : AdvSimd.IsSupported ? "neon"
        : "baseline";

    internal static TorchLibraryStatus Look(IEnumerable<string> searched)
    {
        var name =
            OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
            : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib"
            : "libLibTorchSharp.so";
        var folders = searched.ToList();
        var path = folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            return new(
                false,
                Wanted,
                null,
                null,
                $"{name} is in none of the folders searched: {string.Join(", ", folders)}"
            );
        }

        if (ElfFile.FirstCutShort(Path.GetDirectoryName(path)!) is { } cut)
        {
            return new(
                false,
                Wanted,
                null,
                cut.Path,
                $"{cut.Path} has {cut.Length:N0} bytes where its header wants {cut.Wanted:N0}: it was not copied whole"
            );
        }

        try
        {
            NativeLibrary.Load(path);
            torch.InitializeDeviceType(DeviceType.CPU);
            var found = LoadedVersion(Path.GetDirectoryName(path)!);
            return found is null || found == Wanted
                ? new(true, Wanted, found, path, null)
                : new(false, Wanted, found, path, $"libtorch {found} was found where {Wanted} is wanted");
        }
        catch (Exception e)
            when (e is DllNotFoundException or BadImageFormatException or NotSupportedException)
        {
            return new(false, Wanted, null, path, Innermost(e).Message.Trim());
        }
        catch (TypeInitializationException e)
        {
            return new(false, Wanted, null, path, Innermost(e).Message.Trim());
        }
    }

    // The runtime's own list for native libraries; a published or bundled program may have only its base folder.
    private static IEnumerable<string> SearchFolders()
    {
        var listed =
            (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string)?.Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            ) ?? [];
        var portable = Path.Combine(
            AppContext.BaseDirectory,
            "runtimes",
            RuntimeInformation.RuntimeIdentifier,
            "native"
        );
        return listed.Append(portable).Append(AppContext.BaseDirectory).Distinct();
    }

    // libtorch's stable C interface packs major, minor and patch into the top three bytes.
    private static unsafe string? LoadedVersion(string folder)
    {
        var name =
            OperatingSystem.IsWindows() ? "torch_cpu.dll"
            : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib"
            : "libtorch_cpu.so";
        if (
            !NativeLibrary.TryLoad(Path.Combine(folder, name), out var library)
            || !NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var function)
        )
        {
            return null;
        }

        var version = ((delegate* unmanaged<ulong>)function)();
        return $"{version >> 56}.{(version >> 48) & 0xFF}.{(version >> 40) & 0xFF}";
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
