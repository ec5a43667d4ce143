using TorchSharp;

namespace MMOrleans.Learning.Training;

/// <summary>The devices that libtorch offers on this machine, by the names that users type.</summary>
public static class TorchDevices
{
    /// <summary><c>cuda</c> where libtorch sees one, else <c>cpu</c>.</summary>
    public static string Preferred => CudaCount > 0 ? "cuda" : "cpu";

    /// <summary>CUDA devices; 0 where there are none or libtorch does not load.</summary>
    public static int CudaCount =>
        TorchLibrary.Probe().Loads && torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    /// <summary>Checks that libtorch loads and offers a device.</summary>
    /// <param name="kind"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="FaultException">MM9001: libtorch does not load. MM9002: there is no such device.</exception>
    public static void Require(string kind)
    {
        var library = TorchLibrary.Probe();
        if (!library.Loads)
        {
            throw new FaultException(
                "MM9001",
                $"the native tensor library does not load: {library.Reason}; libtorch {library.Wanted} is wanted, {library.Found ?? "none"} was found",
                "dotnet restore and build again, or use the published image; supported are Linux x64, Windows x64 and macOS arm64"
            );
        }

        if (kind == "cuda" && CudaCount == 0)
        {
            throw new FaultException(
                "MM9002",
                "--device cuda was asked for and libtorch sees no CUDA device",
                "--device cpu, or build with -p:TorchBackend=cuda and check the driver with nvidia-smi"
            );
        }

        if (kind is not ("auto" or "cpu" or "cuda"))
            throw new FaultException(
                "MM9002",
                $"there is no device called '{kind}'",
                "--device auto, cpu or cuda"
            );
    }

    /// <summary>What the bits of a result depend on: equal where kernels give equal bits.</summary>
    /// <param name="kind"><c>cpu</c> or <c>cuda</c>.</param>
    public static string Fingerprint(string kind) => TorchLibrary.Fingerprint(Open(kind));

    /// <summary>The device of a name such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public static torch.Device Open(string name) => torch.device(name);
}
