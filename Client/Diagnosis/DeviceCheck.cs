using System.Runtime.CompilerServices;
using MMOrleans.Learning.Training;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Which devices there are to train on.</summary>
internal static class DeviceCheck
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Finding Run() =>
        TorchDevices.CudaCount switch
        {
            0 => new(
                FindingLevel.Warning,
                "devices",
                "no CUDA device; training uses the CPU",
                "nothing for small runs; with an NVIDIA card: build with -p:TorchBackend=cuda and look at nvidia-smi"
            ),
            var count => new(FindingLevel.Ok, "devices", $"{count} CUDA device{(count == 1 ? "" : "s")}"),
        };
}
