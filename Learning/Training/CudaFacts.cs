using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MMOrleans.Learning.Training;

/// <summary>What the bits of a CUDA build depend on besides libtorch: kernels are chosen by card, by driver and by cuDNN.</summary>
/// <param name="Cards">Name and compute capability of every card that this process sees, such as <c>NVIDIA H200 9.0</c>; each once.</param>
/// <param name="Driver">Version of the driver, such as <c>570.86.15</c>; empty where it does not say.</param>
/// <param name="CuDnn">Version of cuDNN, such as <c>9.1.0</c>; empty where it is not found.</param>
internal sealed partial record CudaFacts(IReadOnlyList<string> Cards, string Driver, string CuDnn)
{
    // Of the driver's own interface, cuda.h.
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;
    private const int LongestName = 256;

    /// <summary>Asks the driver and cuDNN; what neither says is left out. Never throws.</summary>
    /// <param name="libraries">Folder of libtorch, which brings cuDNN along.</param>
    public static CudaFacts Read(string libraries) => new(ReadCards(), ReadDriver(), ReadCuDnn(libraries));

    /// <summary>The driver's version from what it says of itself.</summary>
    /// <param name="text">Content of <c>/proc/driver/nvidia/version</c>.</param>
    /// <returns>Empty where there is none.</returns>
    internal static string DriverIn(string text) => DriverVersion().Match(text).Value;

    /// <summary>cuDNN's number as people write it: 90100 is 9.1.0, and 8902, of before version 9, 8.9.2.</summary>
    internal static string CuDnnOf(ulong number)
    {
        var major = number >= 10_000 ? 10_000UL : 1_000UL;
        return $"{number / major}.{number % major / 100}.{number % 100}";
    }

    /// <summary>As a fingerprint has it.</summary>
    public override string ToString() =>
        $"{(Cards.Count == 0 ? "unknown card" : string.Join(" + ", Cards.Distinct().Order(StringComparer.Ordinal)))}; "
        + $"driver {(Driver.Length == 0 ? "unknown" : Driver)}; cudnn {(CuDnn.Length == 0 ? "unknown" : CuDnn)}";

    private static string ReadDriver()
    {
        try
        {
            return File.Exists("/proc/driver/nvidia/version")
                ? DriverIn(File.ReadAllText("/proc/driver/nvidia/version"))
                : "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ""; // a sandbox without /proc
        }
    }

    private static unsafe string ReadCuDnn(string libraries)
    {
        string[] names = OperatingSystem.IsWindows()
            ? ["cudnn64_9.dll", "cudnn64_8.dll"]
            : ["libcudnn.so.9", "libcudnn.so.8"];
        foreach (var name in names)
            if (
                (
                    NativeLibrary.TryLoad(Path.Combine(libraries, name), out var library)
                    || NativeLibrary.TryLoad(name, out library)
                ) && NativeLibrary.TryGetExport(library, "cudnnGetVersion", out var function)
            )
                return CuDnnOf(((delegate* unmanaged<nuint>)function)());
        return "";
    }

    // The driver's own numbering is that of libtorch: both follow CUDA_VISIBLE_DEVICES.
    private static unsafe List<string> ReadCards()
    {
        List<string> cards = [];
        if (
            !NativeLibrary.TryLoad(
                OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1",
                out var driver
            )
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var init)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var count)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGet", out var get)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetName", out var getName)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetAttribute", out var getAttribute)
            || ((delegate* unmanaged<uint, int>)init)(0) != 0
        )
            return cards;
        int devices;
        if (((delegate* unmanaged<int*, int>)count)(&devices) != 0)
            return cards;
        for (var i = 0; i < devices; i++)
        {
            int device;
            int major;
            int minor;
            var name = new byte[LongestName];
            var attribute = (delegate* unmanaged<int*, int, int, int>)getAttribute;
            fixed (byte* written = name)
                if (
                    ((delegate* unmanaged<int*, int, int>)get)(&device, i) != 0
                    || ((delegate* unmanaged<byte*, int, int, int>)getName)(written, LongestName - 1, device)
                        != 0
                    || attribute(&major, CapabilityMajor, device) != 0
                    || attribute(&minor, CapabilityMinor, device) != 0
                )
                    continue;
            cards.Add($"{Encoding.UTF8.GetString(name).TrimEnd('\0').Trim()} {major}.{minor}");
        }

        return cards;
    }

    // After "Kernel Module" in the line of NVRM; what follows it are the compiler's numbers.
    [GeneratedRegex(@"(?<=NVRM version:.*\s)\d+\.\d+(\.\d+)?")]
    private static partial Regex DriverVersion();
}
