using MMOrleans.Learning.Training;

namespace MMOrleans.Grains.Devices;

/// <summary>Which devices the options come to on this machine; nothing is opened for it.</summary>
internal static class DeviceOffer
{
    public static SiloOffer Of(DeviceOptions options)
    {
        var kind = options.Kind == "auto" ? TorchDevices.Preferred : options.Kind;
        var count =
            options.Trainers ?? (kind == "cuda" ? TorchDevices.CudaCount : Environment.ProcessorCount);
        return new(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => kind == "cuda" ? $"cuda:{i % TorchDevices.CudaCount}" : "cpu"),
            ],
            TorchDevices.Fingerprint(kind)
        );
    }
}
